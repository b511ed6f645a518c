package dev.retain.runtime.toy;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.NativeMemory;
import java.lang.foreign.ValueLayout;

/** (weight, token, x): x[b, t] = weight[token[b, t]]. */
public final class Embed implements Kernel {
  @Override
  public void run(long[] addresses, int batch, int time, int worker, int workers) {
    for (int i = worker; i < batch * time; i += workers) {
      long token = NativeMemory.ALL.get(ValueLayout.JAVA_LONG, addresses[1] + 8L * i);
      double weight = NativeMemory.ALL.get(ValueLayout.JAVA_DOUBLE, addresses[0] + 8 * token);
      NativeMemory.ALL.set(ValueLayout.JAVA_DOUBLE, addresses[2] + 8L * i, weight);
    }
  }
}
