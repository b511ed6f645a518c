package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;

/**
 * What loops are made for.
 *
 * @param vectorBits 512, 256, 128, or 0 for a machine without vectors
 * @param real the program's own type of numbers
 * @param oneStep whether a program handles one step at a time, so that rows are few
 * @param tiling how products are cut
 */
public record Target(int vectorBits, ElementType real, boolean oneStep, Tiling tiling) {
  /** With the tiles that are taken without a search. */
  public Target(int vectorBits, ElementType real, boolean oneStep) {
    this(vectorBits, real, oneStep, Tiling.usual(vectorBits));
  }

  /** How many numbers of the type fill a vector; 1 without vectors. */
  int lanes(ElementType type) {
    return lanes(vectorBits, type);
  }

  static int lanes(int vectorBits, ElementType type) {
    return vectorBits == 0 ? 1 : vectorBits / 8 / type.bytes();
  }
}
