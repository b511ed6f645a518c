package dev.retain.runtime.toy;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.NativeMemory;
import java.lang.foreign.ValueLayout;

/** (sums, position, logits[, clock]): logits = sums + the number of the step / 1000. */
public final class ReadOut implements Kernel {
  @Override
  public void run(long[] addresses, int batch, int time, int worker, int workers) {
    for (int flat = worker; flat < batch * time; flat += workers) {
      double clock = addresses.length > 3 ? get(addresses[3], flat) : flat % time + 1;
      double position = get(addresses[1], flat / time) + clock;
      for (int column = 0; column < ToyModel.VOCABULARY; column++) {
        int i = flat * ToyModel.VOCABULARY + column;
        double logit = get(addresses[0], i) + position / 1000;
        NativeMemory.ALL.set(ValueLayout.JAVA_DOUBLE, addresses[2] + 8L * i, logit);
      }
    }
  }

  private static double get(long address, int index) {
    return NativeMemory.ALL.get(ValueLayout.JAVA_DOUBLE, address + 8L * index);
  }
}
