package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.toy.ToyModel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** For a kernel that leaves garbage, as one does that the JVM has compiled badly, another runs. */
class MendedKernelTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** As a generated kernel that the JVM has compiled badly. */
  private static final class Wasteful implements Kernel {
    private static final int GARBAGE = 1 << 20;

    private final Kernel good = ToyModel.kernel("Embed");
    private byte[] garbage;

    @Override
    public void run(long[] addresses, int batch, int time, int worker, int workers) {
      garbage = new byte[GARBAGE];
      good.run(addresses, batch, time, worker, workers);
    }
  }

  /** Has a good kernel instead of the first one. */
  private static final class Kernels implements KernelSource {
    private final Kernel wasteful = new Wasteful();
    private boolean mended;

    @Override
    public Kernel kernel(String className) {
      return className.endsWith("Embed") ? wasteful : ToyModel.kernel(className);
    }

    @Override
    public Optional<Kernel> insteadOf(Kernel bad) {
      assertThat(bad).isSameAs(wasteful);
      mended = true;
      return Optional.of(ToyModel.kernel("Embed"));
    }
  }

  @Test
  void anotherComputesTheSame() {
    ModelDescription model = ToyModel.description(OptionalLong.empty());
    FormProgram program = model.program(Form.PARALLEL, false).get();
    Map<String, NativeTensor> weights = ToyModel.weights();
    Kernels kernels = new Kernels();
    Instant end = Instant.now().plus(PATIENCE);
    try (Engine engine = Engine.withWorkers(1);
        StateMemory states = new StateMemory(model.states(), model.real(), 1);
        BoundProgram bound =
            new BoundProgram(program, engine, kernels, weights::get, states, 1, 4)) {
      bound.run(2);
      double before = bound.output().getDouble(0);
      while (!kernels.mended && Instant.now().isBefore(end)) {
        states.reset();
        bound.run(2);
      }
      states.reset();
      bound.run(2);

      assertThat(kernels.mended).isTrue();
      assertThat(bound.output().getDouble(0)).isEqualTo(before);
    }
  }
}
