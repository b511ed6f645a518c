package dev.retain.compiler.forms;

import java.util.List;

/**
 * What each step of a block adds to a state.
 *
 * @param factors nodes along TIME, or the same at every step
 */
record BlockWrite(double scale, List<Integer> factors) {
  BlockWrite {
    factors = List.copyOf(factors);
  }
}
