package dev.retain.compiler.tuning;

import java.util.List;

/** What a cache knows of a model on a machine. */
public sealed interface Found {
  /** It was measured. */
  record Hit(Tuning tuning) implements Found {}

  /**
   * It was measured for something else.
   *
   * @param reasons in which points, each to be read after "tuned"
   */
  record Missed(List<String> reasons) implements Found {
    public Missed {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * What was written cannot be read.
   *
   * @param problem the file, and what is wrong with it
   */
  record Damaged(String problem) implements Found {}

  /** A model of this name was never measured by this user. */
  record Nothing() implements Found {}
}
