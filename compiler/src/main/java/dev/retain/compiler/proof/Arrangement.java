package dev.retain.compiler.proof;

import java.util.ArrayList;
import java.util.List;

/**
 * Which steps of some sequences count, and which begin anew.
 *
 * @param patterns a character for each step: {@code .} counts, {@code r} counts and begins anew,
 *     {@code -} is padding, {@code R} is padding and begins anew; all of one length
 */
record Arrangement(List<String> patterns) {
  Arrangement {
    patterns = List.copyOf(patterns);
  }

  /** Sequences in which every step counts. */
  static Arrangement whole(int steps) {
    return new Arrangement(List.of(".".repeat(steps)));
  }

  /** Every arrangement of so many steps. */
  static Arrangement all(int steps) {
    List<String> patterns = List.of("");
    for (int t = 0; t < steps; t++) {
      List<String> longer = new ArrayList<>();
      for (String pattern : patterns) {
        for (String step : List.of(".", "r", "-", "R")) {
          longer.add(pattern + step);
        }
      }
      patterns = longer;
    }
    return new Arrangement(patterns);
  }

  int sequences() {
    return patterns.size();
  }

  int steps() {
    return patterns.getFirst().length();
  }

  boolean counts(int sequence, int step) {
    return ".r".indexOf(patterns.get(sequence).charAt(step)) >= 0;
  }

  boolean beginsAnew(int sequence, int step) {
    return "rR".indexOf(patterns.get(sequence).charAt(step)) >= 0;
  }

  /** How many steps from one to another, exclusive, count. */
  int counted(int sequence, int from, int to) {
    int count = 0;
    for (int t = from; t < to; t++) {
      count += counts(sequence, t) ? 1 : 0;
    }
    return count;
  }

  /** How many steps from one to another, exclusive, begin anew. */
  int begun(int sequence, int from, int to) {
    int count = 0;
    for (int t = from; t < to; t++) {
      count += beginsAnew(sequence, t) ? 1 : 0;
    }
    return count;
  }

  /** Only its first steps. */
  Arrangement first(int steps) {
    return new Arrangement(patterns.stream().map(pattern -> pattern.substring(0, steps)).toList());
  }

  /** Each sequence so many times, one after the other. */
  Arrangement repeated(int times) {
    List<String> repeated = new ArrayList<>();
    for (String pattern : patterns) {
      for (int i = 0; i < times; i++) {
        repeated.add(pattern);
      }
    }
    return new Arrangement(repeated);
  }
}
