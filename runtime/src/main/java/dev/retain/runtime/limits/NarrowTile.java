package dev.retain.runtime.limits;

import static dev.retain.runtime.kernel.NativeMemory.ALL;

import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfFloat;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The same for 16 registers: a tile of 4 x 3. */
final class NarrowTile {
  static final int ROWS = 4;
  static final int COLUMNS = 3;

  // A constant, or the JVM's compiler makes objects of vectors.
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final long BYTES = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final OfFloat NUMBER = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private NarrowTile() {}

  /** Adds to the tile the products of so many columns of the left and rows of the right. */
  static void run(int depth, long left, long right, long tile) {
    long a = left;
    long b = right;
    FloatVector c00 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 0 * BYTES, ORDER);
    FloatVector c01 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 1 * BYTES, ORDER);
    FloatVector c02 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 2 * BYTES, ORDER);
    FloatVector c10 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 3 * BYTES, ORDER);
    FloatVector c11 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 4 * BYTES, ORDER);
    FloatVector c12 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 5 * BYTES, ORDER);
    FloatVector c20 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 6 * BYTES, ORDER);
    FloatVector c21 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 7 * BYTES, ORDER);
    FloatVector c22 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 8 * BYTES, ORDER);
    FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 9 * BYTES, ORDER);
    FloatVector c31 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 10 * BYTES, ORDER);
    FloatVector c32 = FloatVector.fromMemorySegment(SPECIES, ALL, tile + 11 * BYTES, ORDER);
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, ALL, b + 0 * BYTES, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, ALL, b + 1 * BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, ALL, b + 2 * BYTES, ORDER);
      FloatVector x = FloatVector.broadcast(SPECIES, ALL.get(NUMBER, a + 0));
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      x = FloatVector.broadcast(SPECIES, ALL.get(NUMBER, a + 4));
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      x = FloatVector.broadcast(SPECIES, ALL.get(NUMBER, a + 8));
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      x = FloatVector.broadcast(SPECIES, ALL.get(NUMBER, a + 12));
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      a += ROWS * Float.BYTES;
      b += COLUMNS * BYTES;
    }
    c00.intoMemorySegment(ALL, tile + 0 * BYTES, ORDER);
    c01.intoMemorySegment(ALL, tile + 1 * BYTES, ORDER);
    c02.intoMemorySegment(ALL, tile + 2 * BYTES, ORDER);
    c10.intoMemorySegment(ALL, tile + 3 * BYTES, ORDER);
    c11.intoMemorySegment(ALL, tile + 4 * BYTES, ORDER);
    c12.intoMemorySegment(ALL, tile + 5 * BYTES, ORDER);
    c20.intoMemorySegment(ALL, tile + 6 * BYTES, ORDER);
    c21.intoMemorySegment(ALL, tile + 7 * BYTES, ORDER);
    c22.intoMemorySegment(ALL, tile + 8 * BYTES, ORDER);
    c30.intoMemorySegment(ALL, tile + 9 * BYTES, ORDER);
    c31.intoMemorySegment(ALL, tile + 10 * BYTES, ORDER);
    c32.intoMemorySegment(ALL, tile + 11 * BYTES, ORDER);
  }
}
