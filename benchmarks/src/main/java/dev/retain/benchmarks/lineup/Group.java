package dev.retain.benchmarks.lineup;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Works that are measured together. */
public enum Group {
  LIMITS("limits", "what the machine can do at most"),
  CORES("cores", "retention by itself over thousands of steps"),
  GRADIENTS("gradients", "the same, forward and backward"),
  STEPS("steps", "one step of it"),
  PRODUCTS("products", "products of matrices"),
  READING("reading", "whole models reading a prompt"),
  DECODING("decoding", "whole models, token by token"),
  POSITIONS("positions", "the same after few and many tokens"),
  TRAINING("training", "whole models forward and backward"),
  GROWTH("growth", "ever longer prompts");

  private final String text;
  private final String meaning;

  Group(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  public static Optional<Group> of(String text) {
    return Arrays.stream(values()).filter(group -> group.text.equals(text)).findFirst();
  }

  /** The names of all, for people. */
  public static String names() {
    return Arrays.stream(values()).map(Group::toString).collect(Collectors.joining(", "));
  }

  public String meaning() {
    return meaning;
  }

  @Override
  public String toString() {
    return text;
  }
}
