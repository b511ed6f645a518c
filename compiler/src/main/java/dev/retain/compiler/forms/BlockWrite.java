package dev.retain.compiler.forms;

import java.util.List;

/**
 * What each step of a block adds to a state.
 *
 * @param exponent a node: of the factors' product the exponential of it is added; -1 for the
 *     product itself
 * @param factors nodes along TIME, or the same at every step
 */
record BlockWrite(int exponent, double scale, List<Integer> factors) {
  BlockWrite {
    factors = List.copyOf(factors);
  }

  BlockWrite(double scale, List<Integer> factors) {
    this(-1, scale, factors);
  }
}
