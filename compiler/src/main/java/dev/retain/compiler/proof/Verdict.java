package dev.retain.compiler.proof;

import java.util.List;

/** What is known of a claim that two programs are the same function. */
public sealed interface Verdict {
  /** They are, within the scope. */
  record Proved(Scope scope) implements Verdict {}

  /** They are not, and here is where. */
  record Refuted(Witness witness) implements Verdict {}

  /**
   * They are the same wherever numbers were tried, but this is no proof.
   *
   * @param reason what is in the way
   * @param functions those that were drawn at random, and so may hide an identity
   */
  record Undecided(String reason, List<String> functions) implements Verdict {
    public Undecided {
      functions = List.copyOf(functions);
    }

    /** What is in the way, on one line. */
    public String text() {
      return functions.isEmpty()
          ? reason
          : reason
              + ", but of "
              + String.join(", ", functions)
              + " only that equal arguments give equal results is used";
    }
  }

  default boolean isProved() {
    return this instanceof Proved;
  }
}
