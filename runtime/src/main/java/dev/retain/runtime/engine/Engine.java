package dev.retain.runtime.engine;

import dev.retain.runtime.RetainException;
import java.util.Optional;

/**
 * The workers of this machine. One engine serves any number of models and sessions, one run at a
 * time; results do not depend on how many workers it has.
 */
public final class Engine implements AutoCloseable {
  /** How many workers the shared engine has; the number of processors if not set. */
  public static final String WORKERS_PROPERTY = "retain.workers";

  /** If {@code true}, the shared engine keeps a profile and prints it when the JVM ends. */
  public static final String PROFILE_PROPERTY = "retain.profile";

  private static final int MOST_WORKERS = 1024;

  private final WorkerPool pool;
  private final Optional<Profile> profile;

  private Engine(int workers, Optional<Profile> profile) {
    if (workers < 1 || workers > MOST_WORKERS) {
      throw new RetainException(
          "expected 1 to " + MOST_WORKERS + " workers, found " + workers + "; set another number");
    }
    this.pool = new WorkerPool(workers);
    this.profile = profile;
  }

  /** An engine of its own; close it after use. */
  public static Engine withWorkers(int workers) {
    return new Engine(workers, Optional.empty());
  }

  /** An engine that measures every step, which costs a little time; close it after use. */
  public static Engine profiling(int workers) {
    return new Engine(workers, Optional.of(new Profile()));
  }

  /** The engine of models that were given no other; it lives as long as the JVM. */
  public static Engine shared() {
    return Shared.ENGINE;
  }

  private static final class Shared {
    static final Engine ENGINE = create();

    private static Engine create() {
      if (!Boolean.getBoolean(PROFILE_PROPERTY)) {
        return withWorkers(defaultWorkers());
      }
      Engine engine = profiling(defaultWorkers());
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.err.print(engine.profile().get().table())));
      return engine;
    }
  }

  private static int defaultWorkers() {
    String setting = System.getProperty(WORKERS_PROPERTY);
    if (setting == null) {
      return Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors());
    }
    try {
      return Integer.parseInt(setting);
    } catch (NumberFormatException e) {
      throw new RetainException(
          "-D" + WORKERS_PROPERTY + " must be a whole number, not '" + setting + "'", e);
    }
  }

  public int workers() {
    return pool.workers();
  }

  /**
   * What the calling thread and the workers have taken of the Java heap since they began: two calls
   * show what is between them, whatever other threads of the JVM do. Allocates nothing itself.
   *
   * @return bytes
   */
  public long allocatedBytes() {
    return pool.allocatedBytes();
  }

  /** The times of all steps so far, if this engine measures them. */
  public Optional<Profile> profile() {
    return profile;
  }

  /** What all workers do at once. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does one share, on any thread.
     *
     * @param share from 0 to {@link #workers}, exclusive
     */
    void run(int share);
  }

  /** What does the work on all workers, as often as it is run. */
  public Runnable onAllWorkers(Work work) {
    WorkerPool.Task task = (_, share) -> work.run(share);
    return () -> pool.run(task, 1);
  }

  WorkerPool pool() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
