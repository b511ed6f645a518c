package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void nobodyPassesABarrierBeforeAllAreThere(int workers) {
    int phases = 40;
    int[] written = new int[workers];
    AtomicInteger wrong = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int run = 0; run < 10; run++) {
        Arrays.fill(written, 0);
        pool.run(worker -> {
          for (int phase = 1; phase <= phases; phase++) {
            written[worker] = phase;
            pool.awaitOthers();
            for (int value : written) {
              if (value != phase) {
                wrong.incrementAndGet();
              }
            }
            pool.awaitOthers();
          }
        });
        assertThat(written).containsOnly(phases);
      }
    }
    assertThat(wrong).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFailureEndsTheRunForAllAndOnlyThatRun(int failing) {
    AtomicInteger passed = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(3)) {
      WorkerPool.Task task =
          worker -> {
            if (worker == failing) {
              throw new StackOverflowError("worker " + worker);
            }
            if (pool.awaitOthers()) {
              passed.incrementAndGet();
            }
          };
      for (int run = 0; run < 100; run++) {
        assertThatThrownBy(() -> pool.run(task))
            .isInstanceOf(StackOverflowError.class)
            .hasMessage("worker " + failing);
      }
      assertThat(passed).hasValue(0);

      pool.run(_ -> {
        if (pool.awaitOthers()) {
          passed.incrementAndGet();
        }
      });
      assertThat(passed).hasValue(3);
    }
  }

  @Test
  void anIdlePoolCostsNothing() throws InterruptedException {
    Thread[] threads = new Thread[3];
    ThreadMXBean times = ManagementFactory.getThreadMXBean();
    try (WorkerPool pool = new WorkerPool(3)) {
      pool.run(worker -> threads[worker] = Thread.currentThread());
      Thread.sleep(100);
      long before = times.getThreadCpuTime(threads[1].threadId());
      Thread.sleep(200);
      assertThat(times.getThreadCpuTime(threads[1].threadId()) - before).isLessThan(20_000_000);
      assertThat(threads[1].getState()).isEqualTo(Thread.State.WAITING);

      AtomicInteger woken = new AtomicInteger();
      pool.run(_ -> woken.incrementAndGet());
      assertThat(woken).hasValue(3);
    }
    threads[1].join();
    threads[2].join();
  }

  @Test
  void aClosedPoolSaysSo() {
    WorkerPool pool = new WorkerPool(2);
    pool.close();
    assertThatThrownBy(() -> pool.run(_ -> {})).isInstanceOf(IllegalStateException.class);
  }
}
