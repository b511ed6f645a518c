package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.toy.ToyModel;
import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BoundProgramTest {
  /** Kernels have addresses only, of which the garbage collector knows nothing. */
  @Test
  void weightsOutliveThoseWhoBroughtThem() {
    ModelDescription model = ToyModel.description(OptionalLong.empty());
    FormProgram program = model.program(Form.PARALLEL, false).get();
    Map<String, NativeTensor> weights = ToyModel.weights();
    List<WeakReference<NativeTensor>> brought = new ArrayList<>();
    try (Engine engine = Engine.withWorkers(1);
        StateMemory states = new StateMemory(model.states(), model.real(), 1);
        BoundProgram bound =
            new BoundProgram(
                program,
                engine,
                ToyModel::kernel,
                path -> {
                  NativeTensor copy = weights.get(path).copyOf(Arena.ofAuto());
                  brought.add(new WeakReference<>(copy));
                  return copy;
                },
                states,
                1,
                4)) {
      collectGarbage();
      assertThat(brought).isNotEmpty().allMatch(reference -> reference.get() != null);
      bound.run(2);
    }
  }

  @Test
  void soDoInputsThatAreReadWhereTheyLie() {
    ModelDescription model = ToyModel.description(OptionalLong.empty());
    FormProgram program = model.program(Form.PARALLEL, false).get();
    Map<String, NativeTensor> weights = ToyModel.weights();
    try (Engine engine = Engine.withWorkers(1);
        StateMemory states = new StateMemory(model.states(), model.real(), 1);
        BoundProgram bound =
            new BoundProgram(program, engine, ToyModel::kernel, weights::get, states, 1, 4)) {
      WeakReference<Object> memory = readTokens(bound);
      collectGarbage();
      assertThat(memory.get()).isNotNull();
      bound.run(2);
    }
  }

  /** What keeps the memory from being given back. */
  private static WeakReference<Object> readTokens(BoundProgram bound) {
    NativeTensor tokens = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, 2);
    bound.read(Inputs.TOKEN, tokens.segment());
    return new WeakReference<>(tokens.segment().scope());
  }

  private static void collectGarbage() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
  }
}
