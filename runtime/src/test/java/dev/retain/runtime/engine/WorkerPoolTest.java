package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 40})
  void everyShareIsDoneOnceAndNoPhaseBeginsEarly(int workers) {
    int phases = 50;
    AtomicIntegerArray done = new AtomicIntegerArray(workers);
    AtomicInteger wrong = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int run = 0; run < 10; run++) {
        int before = run * phases;
        pool.run(
            (phase, share) -> {
              for (int other = 0; other < workers; other++) {
                int ahead = done.get(other) - before - phase;
                if (ahead < 0 || ahead > 1 || ahead == 1 && other == share) {
                  wrong.incrementAndGet();
                }
              }
              done.incrementAndGet(share);
            },
            phases);
        for (int share = 0; share < workers; share++) {
          assertThat(done.get(share)).isEqualTo(before + phases);
        }
      }
    }
    assertThat(wrong).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFailureEndsTheRunAndOnlyThatRun(int failing) {
    AtomicInteger later = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(3)) {
      WorkerPool.Task task =
          (phase, share) -> {
            if (phase > 0) {
              later.incrementAndGet();
            } else if (share == failing) {
              throw new StackOverflowError("share " + share);
            }
          };
      for (int run = 0; run < 100; run++) {
        assertThatThrownBy(() -> pool.run(task, 5))
            .isInstanceOf(StackOverflowError.class)
            .hasMessage("share " + failing);
      }
      assertThat(later).hasValue(0);

      pool.run((_, _) -> later.incrementAndGet(), 2);
      assertThat(later).hasValue(6);
    }
  }

  @Test
  void whoWaitsLongLeavesTheProcessor() {
    ThreadMXBean times = ManagementFactory.getThreadMXBean();
    try (WorkerPool pool = new WorkerPool(2)) {
      long before = times.getCurrentThreadCpuTime();
      Thread caller = Thread.currentThread();
      AtomicBoolean slept = new AtomicBoolean();
      for (int run = 0; run < 100 && !slept.get(); run++) {
        pool.run(
            (_, _) -> {
              if (Thread.currentThread() != caller && !slept.getAndSet(true)) {
                LockSupport.parkNanos(300_000_000);
              }
              LockSupport.parkNanos(1_000_000);
            },
            1);
      }
      assertThat(slept).isTrue();
      assertThat(times.getCurrentThreadCpuTime() - before).isLessThan(100_000_000);
    }
  }

  @Test
  void anIdlePoolCostsNothing() throws InterruptedException {
    ThreadMXBean times = ManagementFactory.getThreadMXBean();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Set<Thread> threads;
    try (WorkerPool pool = new WorkerPool(3)) {
      pool.run((_, _) -> {}, 10);
      threads = new HashSet<>(Thread.getAllStackTraces().keySet());
      threads.removeAll(before);
      assertThat(threads).hasSize(2);
      Thread.sleep(100);
      long spent =
          threads.stream().mapToLong(thread -> times.getThreadCpuTime(thread.threadId())).sum();
      Thread.sleep(200);
      assertThat(
              threads.stream().mapToLong(thread -> times.getThreadCpuTime(thread.threadId())).sum())
          .isLessThan(spent + 20_000_000);
      assertThat(threads).extracting(Thread::getState).containsOnly(Thread.State.WAITING);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void aClosedPoolSaysSo() {
    WorkerPool pool = new WorkerPool(2);
    pool.close();
    assertThatThrownBy(() -> pool.run((_, _) -> {}, 1)).isInstanceOf(IllegalStateException.class);
  }
}
