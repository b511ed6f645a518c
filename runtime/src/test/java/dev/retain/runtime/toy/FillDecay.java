package dev.retain.runtime.toy;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.NativeMemory;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/** (gamma, table): table[t] = gamma. */
public final class FillDecay implements Kernel {
  /** How often worker 0 ran it. */
  public static final AtomicInteger RUNS = new AtomicInteger();

  @Override
  public void run(long[] addresses, int batch, int time, int worker, int workers) {
    if (worker == 0) {
      RUNS.incrementAndGet();
    }
    double gamma = NativeMemory.ALL.get(ValueLayout.JAVA_DOUBLE, addresses[0]);
    for (int step = worker; step < time; step += workers) {
      NativeMemory.ALL.set(ValueLayout.JAVA_DOUBLE, addresses[1] + 8L * step, gamma);
    }
  }
}
