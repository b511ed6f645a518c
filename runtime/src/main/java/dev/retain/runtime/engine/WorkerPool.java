package dev.retain.runtime.engine;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that work through the phases of a task together. Each phase has a share for every worker,
 * and begins when all shares of the one before are done. The caller of {@link #run} is worker 0.
 *
 * <p>A worker takes its own share, and after a moment also one that nobody has begun: while another
 * process has the processor of one worker, the others do not wait for it. They spin when they wait,
 * since a phase lasts microseconds, and sleep if it takes long.
 */
final class WorkerPool implements AutoCloseable {
  /** What the workers do. */
  interface Task {
    /**
     * Does one share of one phase, on any thread.
     *
     * @param phase from 0
     * @param share from 0 to the number of workers, exclusive
     */
    void run(int phase, int share);
  }

  // About 10 microseconds: more than workers differ by if each has a processor.
  private static final int PATIENCE = 1 << 8;

  // About 0.1 ms: longer than a kernel's tail.
  private static final int SPINS = 1 << 11;

  // About 2 ms, in which other processes may have the processor. To wake a thread takes 0.1 ms on
  // some virtual machines: workers that slept at once, between two blocks, would be late for the
  // next, the others would sleep meanwhile, and every block would take twice as long.
  private static final int YIELDS = 1 << 11;

  // Counters stand 128 bytes apart: two lines of cache, which the processor fetches together.
  private static final int APART = 16;

  /** The phase that is worked on, counted over all runs. */
  private static final int PHASE = APART;

  /** The phase with which the run is over. */
  private static final int END = 2 * APART;

  /** Shares of the phase that are done. */
  private static final int DONE = 3 * APART;

  /** By share: the last phase in which somebody took it. */
  private static final int TAKEN = 4 * APART;

  private final int workers;
  private final int sleeping;
  private final Thread[] threads;
  private final AtomicLongArray counters;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private Task task;
  private long first;
  private volatile boolean closed;

  WorkerPool(int workers) {
    this.workers = workers;
    this.sleeping = TAKEN + workers * APART;
    this.counters = new AtomicLongArray(sleeping + (workers + 1) * APART);
    for (int share = 0; share < workers; share++) {
      counters.set(TAKEN + share * APART, -1);
    }
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

  /** What the calling thread and the workers have taken of the Java heap since they began. */
  long allocatedBytes() {
    long bytes = 0;
    for (int worker = 1; worker < workers; worker++) {
      bytes += ThreadMeter.allocatedBytes(threads[worker]);
    }
    return bytes + ThreadMeter.allocatedBytes(Thread.currentThread());
  }

  /**
   * Runs all phases of a task and returns when they are done; one task at a time. What a share
   * throws ends the task, and is thrown here.
   */
  void run(Task newTask, int phases) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the workers were closed");
      }
      failure.set(null);
      threads[0] = Thread.currentThread();
      task = newTask;
      first = counters.get(PHASE);
      counters.set(END, first + phases);
      wakeSleepers();
      workUntil(0, first + phases);
      task = null;
      threads[0] = null;
      rethrow();
    } finally {
      lock.unlock();
    }
  }

  private void serve(int worker) {
    while (!closed) {
      workUntil(worker, Long.MAX_VALUE);
    }
  }

  /** Takes part in phases until one is reached, or the pool is closed. */
  private void workUntil(int worker, long last) {
    long waitedIn = -1;
    int spins = 0;
    boolean alone = false;
    boolean helped = false;
    while (true) {
      long phase = counters.get(PHASE);
      if (phase == last || closed && worker != 0) {
        return;
      }
      if (phase != waitedIn) {
        alone = helped;
        helped = false;
        waitedIn = phase;
        spins = 0;
      }
      boolean active = phase < counters.get(END);
      if (active && take(worker, phase)) {
        spins = 0;
      } else if (active && (alone || spins == PATIENCE) && takeAny(worker, phase)) {
        helped = true;
        spins = 0;
      } else if (spins < SPINS) {
        spins++;
        Thread.onSpinWait();
      } else if (spins < SPINS + YIELDS) {
        spins++;
        Thread.yield();
      } else {
        sleep(worker, phase, active);
      }
    }
  }

  private boolean takeAny(int worker, long phase) {
    for (int share = 0; share < workers; share++) {
      if (share != worker && take(share, phase)) {
        return true;
      }
    }
    return false;
  }

  /** Does a share unless somebody has taken it before. */
  private boolean take(int share, long phase) {
    int taken = TAKEN + share * APART;
    if (counters.get(taken) != phase - 1 || !counters.compareAndSet(taken, phase - 1, phase)) {
      return false;
    }
    // Until the share is done, the phase stays, and so does the task.
    if (failure.get() == null) {
      try {
        task.run((int) (phase - first), share);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }
    if (counters.incrementAndGet(DONE) == workers) {
      counters.set(DONE, 0);
      counters.set(PHASE, phase + 1);
      wakeSleepers();
    }
    return true;
  }

  /**
   * Sleeps until the phase is over, or begins. Who changes that reads the flag afterwards, and so
   * either wakes this worker or is seen here.
   */
  private void sleep(int worker, long phase, boolean active) {
    int flag = sleeping + worker * APART;
    counters.set(flag, 1);
    if (counters.get(PHASE) == phase && phase < counters.get(END) == active && !closed) {
      LockSupport.park(this);
    }
    counters.set(flag, 0);
  }

  private void wakeSleepers() {
    for (int worker = 0; worker < workers; worker++) {
      if (counters.get(sleeping + worker * APART) != 0) {
        LockSupport.unpark(threads[worker]);
      }
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
      wakeSleepers();
    } finally {
      lock.unlock();
    }
  }
}
