package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.toy.ToyModel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A kernel that leaves garbage, as one does that the JVM has compiled badly, is loaded again. */
class MendedKernelTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** As a generated kernel, of which each class is compiled by itself: only the first is bad. */
  public static final class Wasteful implements Kernel {
    private static final int GARBAGE = 1 << 20;

    private final boolean bad;
    private final Kernel good = ToyModel.kernel("Embed");
    private byte[] garbage;

    /** One of each class. */
    public Wasteful() {
      this.bad = Classes.next() == 1;
    }

    @Override
    public void run(long[] addresses, int batch, int time, int worker, int workers) {
      if (bad) {
        garbage = new byte[GARBAGE];
      }
      good.run(addresses, batch, time, worker, workers);
    }
  }

  /** Is loaded once only, whatever loads the kernel. */
  public static final class Classes {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Classes() {}

    public static int next() {
      return COUNT.incrementAndGet();
    }
  }

  private static Kernel wasteful() {
    ClassLoader all = MendedKernelTest.class.getClassLoader();
    ClassLoader withoutIt =
        new ClassLoader(all) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Wasteful.class.getName())) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    KernelLoader loader =
        new KernelLoader(
            withoutIt, name -> all.getResourceAsStream(name.replace('.', '/') + ".class"));
    return loader.kernel(Wasteful.class.getName());
  }

  @Test
  void isLoadedOnceMoreAndComputesTheSame() {
    ModelDescription model = ToyModel.description(OptionalLong.empty());
    FormProgram program = model.program(Form.PARALLEL, false).get();
    Map<String, NativeTensor> weights = ToyModel.weights();
    Kernel wasteful = wasteful();
    Instant end = Instant.now().plus(PATIENCE);
    try (Engine engine = Engine.withWorkers(1);
        StateMemory states = new StateMemory(model.states(), model.real(), 1);
        BoundProgram bound =
            new BoundProgram(
                program,
                engine,
                name -> name.endsWith("Embed") ? wasteful : ToyModel.kernel(name),
                weights::get,
                states,
                1,
                4)) {
      bound.run(2);
      double before = bound.output().getDouble(0);
      while (Classes.COUNT.get() == 1 && Instant.now().isBefore(end)) {
        states.reset();
        bound.run(2);
      }
      states.reset();
      bound.run(2);

      assertThat(Classes.COUNT.get()).isEqualTo(2);
      assertThat(bound.output().getDouble(0)).isEqualTo(before);
    }
  }
}
