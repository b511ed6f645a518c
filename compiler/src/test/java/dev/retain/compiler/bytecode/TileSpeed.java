package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Kernel;
import dev.retain.runtime.kernel.CompilerDirectives;
import dev.retain.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Measures the matrix product of generated 8 x 3 tiles on one thread. Run it in several fresh JVMs
 * and believe the worst: {@code TileSpeed [exclude|lottery]}.
 */
public final class TileSpeed {
  private static final int ROWS = 8;
  private static final int COLUMNS = 3;

  private TileSpeed() {}

  /** Prints GFLOPS, and how long it took from the first call to nine tenths of full speed. */
  public static void main(String[] arguments) {
    long begin = System.nanoTime();
    if (arguments.length == 0 || arguments[0].equals("exclude")) {
      CompilerDirectives.excludeFromFirstTier("dev/retain/generated/*");
    }
    System.out.printf("directive %.0f ms%n", (System.nanoTime() - begin) / 1e6);
    Programs programs = new Programs(ElementType.F32, 512);
    for (int size : new int[] {256, 512}) {
      measure(programs, size);
    }
  }

  private static void measure(Programs programs, int size) {
    int width = COLUMNS * programs.lanes();
    int panels = Math.ceilDiv(size, width);
    int depth = Math.min(size, 256);
    long begin = System.nanoTime();
    Kernel program = programs.multiply(ROWS, COLUMNS, panels);
    dev.retain.runtime.kernel.Kernel kernel = Memory.load(program);
    double emission = (System.nanoTime() - begin) / 1e6;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate((long) size * depth * 4, 64);
      MemorySegment b = arena.allocate((long) panels * width * depth * 4, 64);
      MemorySegment c = arena.allocate((long) size * panels * width * 4, 64);
      long[] addresses = Memory.addresses(a, b, c);
      double operations = 2.0 * size * panels * width * depth;
      int runs = 4000;
      double[] seconds = new double[runs];
      double[] ends = new double[runs];
      long start = System.nanoTime();
      int done = 0;
      while (done < runs && System.nanoTime() - start < 6e9) {
        long before = System.nanoTime();
        kernel.run(addresses, size / ROWS, depth, 0, 1);
        long after = System.nanoTime();
        seconds[done] = (after - before) / 1e9;
        ends[done++] = (after - start) / 1e9;
      }
      double best = Double.MAX_VALUE;
      double tail = 0;
      for (int run = 0; run < done; run++) {
        best = Math.min(best, seconds[run]);
        tail += run >= done / 2 ? seconds[run] : 0;
      }
      int fast = 0;
      while (fast < done && seconds[fast] > best / 0.9) {
        fast++;
      }
      System.out.printf(
          "n=%d best %.1f mean %.1f GFLOPS, full speed after %.3f s (%d products),"
              + " first product %.1f ms (%.2f GFLOPS), emitted and loaded in %.0f ms%n",
          size,
          operations / best / 1e9,
          operations * (done - done / 2) / tail / 1e9,
          fast < done ? ends[Math.max(0, fast - 1)] : Double.NaN,
          fast,
          seconds[0] * 1e3,
          operations / seconds[0] / 1e9,
          emission);
    }
  }
}
