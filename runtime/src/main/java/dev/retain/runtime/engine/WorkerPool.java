package dev.retain.runtime.engine;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that all run the same task, each on its own part. The caller of {@link #run} is worker 0.
 * Workers wait for each other by spinning, since a step lasts microseconds; a pool without work
 * sleeps after a moment.
 */
final class WorkerPool implements AutoCloseable {
  /** What every worker runs. */
  interface Task {
    /** Runs one worker's part, and returns early if {@link WorkerPool#awaitOthers} says so. */
    void run(int worker);
  }

  // About 0.1 ms of spinning: longer than a kernel's tail, shorter than a waste that one notices.
  private static final int SPINS = 1 << 11;
  private static final int YIELDS = 1 << 6;

  // Counters stand 128 bytes apart: two lines of cache, which the processor fetches together.
  private static final int APART = 32;
  private static final int RUN = APART;
  private static final int ARRIVED = 2 * APART;
  private static final int PHASE = 3 * APART;
  private static final int FINISHED = 4 * APART;
  private static final int PARKED = 5 * APART;

  private final int workers;
  private final Thread[] threads;
  private final AtomicIntegerArray counters;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private Task task;
  private volatile boolean closed;

  WorkerPool(int workers) {
    this.workers = workers;
    this.counters = new AtomicIntegerArray(PARKED + (workers + 1) * APART);
    this.threads = new Thread[workers];
    for (int worker = 1; worker < workers; worker++) {
      int number = worker;
      threads[worker] =
          Thread.ofPlatform().name("retain-worker-" + number).daemon().start(() -> serve(number));
    }
  }

  int workers() {
    return workers;
  }

  /**
   * Runs a task on all workers and returns when every one has finished; one task at a time. What a
   * worker throws ends the task for all at their next meeting, and is thrown here.
   */
  void run(Task newTask) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the workers were closed");
      }
      task = newTask;
      failure.set(null);
      counters.set(FINISHED, 0);
      counters.set(ARRIVED, 0);
      counters.incrementAndGet(RUN);
      wakeSleepers();
      work(newTask, 0);
      for (int waits = 0; counters.get(FINISHED) != workers - 1; waits++) {
        relax(waits);
      }
      task = null;
      rethrow();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every worker has come here as often as this one.
   *
   * @return false if a worker has failed, so that the rest of the task must not be run
   */
  boolean awaitOthers() {
    if (workers == 1) {
      return true;
    }
    int phase = counters.get(PHASE);
    if (counters.incrementAndGet(ARRIVED) == workers) {
      counters.set(ARRIVED, 0);
      counters.set(PHASE, phase + 1);
      return failure.get() == null;
    }
    for (int waits = 0; counters.get(PHASE) == phase; waits++) {
      if (failure.get() != null) {
        return false;
      }
      relax(waits);
    }
    return failure.get() == null;
  }

  private void serve(int worker) {
    int done = 0;
    while (true) {
      sleepUntilAfter(done, worker);
      if (closed) {
        return;
      }
      done++;
      work(task, worker);
      counters.incrementAndGet(FINISHED);
    }
  }

  private void work(Task current, int worker) {
    try {
      current.run(worker);
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void sleepUntilAfter(int done, int worker) {
    for (int waits = 0; counters.get(RUN) == done && !closed; waits++) {
      if (waits < SPINS + YIELDS) {
        relax(waits);
      } else {
        park(done, worker);
      }
    }
  }

  /** The caller reads the flag after it has begun a run, and so either wakes or is seen here. */
  private void park(int done, int worker) {
    int flag = PARKED + worker * APART;
    counters.set(flag, 1);
    if (counters.get(RUN) == done && !closed) {
      LockSupport.park(this);
    }
    counters.set(flag, 0);
  }

  private void wakeSleepers() {
    for (int worker = 1; worker < workers; worker++) {
      if (counters.get(PARKED + worker * APART) != 0) {
        LockSupport.unpark(threads[worker]);
      }
    }
  }

  private static void relax(int waits) {
    if (waits < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private void rethrow() {
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Ends the threads; waits for a task that is running. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (int worker = 1; worker < workers; worker++) {
        LockSupport.unpark(threads[worker]);
      }
    } finally {
      lock.unlock();
    }
  }
}
