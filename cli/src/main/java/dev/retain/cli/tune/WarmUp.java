package dev.retain.cli.tune;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Runs work until the JVM has compiled its kernels. Those that are called a few times in a run are
 * compiled late, and until then the work takes twice as long.
 */
final class WarmUp {
  private static final int LEAST_RUNS = 8;
  private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long MOST = TimeUnit.SECONDS.toNanos(8);

  private WarmUp() {}

  static void of(Runnable work) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    long lastCompiled = start;
    long compiled = compiler.getTotalCompilationTime();
    int runs = 0;
    long now = start;
    while (now - start < MOST && (runs < LEAST_RUNS || now - lastCompiled < QUIET)) {
      work.run();
      runs++;
      now = System.nanoTime();
      if (compiler.getTotalCompilationTime() != compiled) {
        compiled = compiler.getTotalCompilationTime();
        lastCompiled = now;
      }
    }
  }
}
