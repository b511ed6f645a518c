package dev.retain.runtime.toy;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.NativeMemory;
import java.lang.foreign.ValueLayout;

/**
 * (table, token, x, state, next, sums[, valid, segment]): in every column s = table[t] s + x[b, t]
 * where the token is the column's, and sums[b, t] = s.
 */
public final class Scan implements Kernel {
  @Override
  public void run(long[] addresses, int batch, int time, int worker, int workers) {
    boolean ragged = addresses.length > 6;
    for (int i = worker; i < batch * ToyModel.VOCABULARY; i += workers) {
      int row = i / ToyModel.VOCABULARY;
      int column = i % ToyModel.VOCABULARY;
      double sum = get(addresses[3], i);
      double segment = 0;
      for (int step = 0; step < time; step++) {
        int flat = row * time + step;
        if (ragged && get(addresses[7], flat) != segment) {
          segment = get(addresses[7], flat);
          sum = ToyModel.INITIAL;
        }
        if (!ragged || get(addresses[6], flat) == 1) {
          long token = NativeMemory.ALL.get(ValueLayout.JAVA_LONG, addresses[1] + 8L * flat);
          sum = get(addresses[0], step) * sum + (token == column ? get(addresses[2], flat) : 0);
        }
        set(addresses[5], flat * ToyModel.VOCABULARY + column, sum);
      }
      set(addresses[4], i, sum);
    }
  }

  private static double get(long address, int index) {
    return NativeMemory.ALL.get(ValueLayout.JAVA_DOUBLE, address + 8L * index);
  }

  private static void set(long address, int index, double value) {
    NativeMemory.ALL.set(ValueLayout.JAVA_DOUBLE, address + 8L * index, value);
  }
}
