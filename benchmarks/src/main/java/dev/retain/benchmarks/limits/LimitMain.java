package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.work.Rounds;

/** A JVM that measures one limit of the machine: {@code LIMIT THREADS}. */
public final class LimitMain {
  private LimitMain() {}

  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[1]);
    Rounds.serve(() ->
        switch (Limit.of(arguments[0])) {
          case TILE -> new TileWork(threads);
          case SGEMM -> new SgemmWork();
          case READ -> new ReadWork(threads, 1);
          case STREAMS -> new ReadWork(threads, ReadWork.AT_ONCE);
        });
  }
}
