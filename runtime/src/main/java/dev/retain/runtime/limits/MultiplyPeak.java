package dev.retain.runtime.limits;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How many multiplications and additions of float32 numbers this machine does in a second. */
public final class MultiplyPeak {
  private static final int TIMES = 2000;
  private static final int ROUNDS = 20;
  private static final double NANOSECONDS = 1e9;

  private MultiplyPeak() {}

  /**
   * Measures it, in about half a second: the best of some rounds in which all threads multiply the
   * best known tiles.
   *
   * @return operations in a second, of all threads together; 0 if this JVM has no vectors
   */
  public static double measure(int threads) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return 0;
    }
    try (Arena arena = Arena.ofShared();
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Boolean>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        BestTile tile = new BestTile(arena);
        parts.add(() -> {
          tile.run(TIMES);
          return true;
        });
      }
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long begin = System.nanoTime();
        for (Future<Boolean> part : executor.invokeAll(parts)) {
          part.get();
        }
        double seconds = (System.nanoTime() - begin) / NANOSECONDS;
        best = Math.max(best, threads * BestTile.operations(TIMES) / seconds);
      }
      return best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
