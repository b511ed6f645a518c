package dev.retain.benchmarks.limits;

import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;

/** Threads that each do a part at the same time. */
final class Team {
  private final IntConsumer part;
  private final CyclicBarrier begin;
  private final CyclicBarrier end;

  /** Threads that wait until {@link #run}; the caller of that is number 0. */
  Team(int threads, IntConsumer part) {
    this.begin = new CyclicBarrier(threads);
    this.end = new CyclicBarrier(threads);
    this.part = part;
    for (int thread = 1; thread < threads; thread++) {
      int number = thread;
      Thread.ofPlatform().daemon().start(() -> serve(number));
    }
  }

  private void serve(int number) {
    try {
      while (true) {
        once(number);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void run() throws Exception {
    once(0);
  }

  private void once(int number) throws Exception {
    begin.await();
    part.accept(number);
    end.await();
  }
}
