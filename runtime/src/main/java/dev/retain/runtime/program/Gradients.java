package dev.retain.runtime.program;

/**
 * The names of gradients in a program: a parameter's or constant's path, an input's name, and for a
 * state before the block its path behind {@link #STATE}. All these are different, since no name of
 * the language is {@code in} or {@code state}.
 */
public final class Gradients {
  /** How the names begin of what flows back to the states before a block. */
  public static final String STATE = "state.";

  private Gradients() {}

  /** The name of what flows back to a state before the block. */
  public static String ofState(String path) {
    return STATE + path;
  }
}
