package dev.retain.benchmarks.lineup;

import java.util.Arrays;
import java.util.Optional;

/** Works that are measured together. */
public enum Group {
  LIMITS("limits", "what the machine can do at most"),
  CORES("cores", "retention by itself over thousands of steps"),
  STEPS("steps", "one step of it"),
  PRODUCTS("products", "products of matrices"),
  MODELS("models", "decoding and reading of whole models");

  private final String text;
  private final String meaning;

  Group(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  public static Optional<Group> of(String text) {
    return Arrays.stream(values()).filter(group -> group.text.equals(text)).findFirst();
  }

  public String meaning() {
    return meaning;
  }

  @Override
  public String toString() {
    return text;
  }
}
