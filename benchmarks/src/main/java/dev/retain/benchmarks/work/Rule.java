package dev.retain.benchmarks.work;

import java.util.Arrays;

/** How the state of a retention core goes from step to step. */
public enum Rule {
  /** A decay for each head. */
  GAMMA("gamma"),
  /** A decay for each head and step. */
  GATED("gated"),
  /** The same, and what the state holds under a key is replaced. */
  GATED_DELTA("gated-delta");

  private final String text;

  Rule(String text) {
    this.text = text;
  }

  static Rule of(String text) {
    return Arrays.stream(values()).filter(rule -> rule.text.equals(text)).findFirst().orElseThrow();
  }

  @Override
  public String toString() {
    return text;
  }
}
