package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.MemoryException;
import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.StepDescription;
import dev.retain.runtime.toy.ToyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {
  private static BufferDescription scratch(long factor, int first, int last) {
    return new BufferDescription(
        "b" + first, Role.SCRATCH, ElementType.F32, new Size(factor, 1, 1), first, last);
  }

  private static FormProgram program(List<Boolean> barriers, List<BufferDescription> scratch) {
    List<BufferDescription> buffers = new ArrayList<>(scratch);
    buffers.add(new BufferDescription("logits", Role.OUTPUT, ElementType.F32, Size.fixed(3), 0, 0));
    List<StepDescription> steps =
        barriers.stream()
            .map(b ->
                new StepDescription(
                    "k", List.of(), b ? Barrier.ALWAYS : Barrier.BETWEEN_PARTS, 2, false, ""))
            .toList();
    return new FormProgram(Form.PARALLEL, false, buffers, steps);
  }

  @Test
  void memoryIsUsedAgainAfterABarrier() {
    List<BufferDescription> chain =
        List.of(scratch(16, 0, 1), scratch(16, 1, 2), scratch(16, 2, 3));

    MemoryPlan shared = MemoryPlan.of(program(List.of(true, true, true, true), chain), 1, 1, 1);
    assertThat(shared.offsets()[0]).isEqualTo(shared.offsets()[2]);
    assertThat(shared.bytes()).isEqualTo(3 * 64);

    MemoryPlan apart = MemoryPlan.of(program(List.of(true, true, false, true), chain), 1, 1, 1);
    assertThat(apart.bytes()).isEqualTo(4 * 64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void buffersAliveTogetherNeverOverlap(int seed) {
    Random random = new Random(seed);
    int steps = 40;
    List<Boolean> barriers = random.ints(steps, 0, 3).mapToObj(i -> i > 0).toList();
    List<BufferDescription> buffers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int first = random.nextInt(steps);
      int last = Math.min(steps - 1, first + random.nextInt(8));
      buffers.add(scratch(random.nextInt(1, 100), first, last));
    }
    FormProgram program = program(barriers, buffers);
    MemoryPlan plan = MemoryPlan.of(program, 2, 3, 1);
    long sum = 0;
    for (int a = 0; a < buffers.size(); a++) {
      sum += bytes(buffers.get(a));
      assertThat(plan.offsets()[a] % 64).isZero();
      assertThat(plan.offsets()[a] + bytes(buffers.get(a))).isLessThanOrEqualTo(plan.bytes());
      for (int b = 0; b < a; b++) {
        boolean apart =
            plan.offsets()[a] + bytes(buffers.get(a)) <= plan.offsets()[b]
                || plan.offsets()[b] + bytes(buffers.get(b)) <= plan.offsets()[a];
        assertThat(apart || areOrdered(barriers, buffers.get(a), buffers.get(b))).isTrue();
      }
    }
    assertThat(plan.bytes()).isLessThan(sum);
  }

  private static long bytes(BufferDescription buffer) {
    return buffer.size().elements(2, 3) * 4;
  }

  /** Whether a barrier stands between the last use of one and the first use of the other. */
  private static boolean areOrdered(
      List<Boolean> barriers, BufferDescription a, BufferDescription b) {
    BufferDescription earlier = a.lastStep() < b.firstStep() ? a : b;
    BufferDescription later = earlier == a ? b : a;
    for (int step = earlier.lastStep() + 1; step <= later.firstStep(); step++) {
      if (barriers.get(step)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatCannotFitSaysHowMuchItNeeds() {
    ModelDescription model = ToyModel.description(OptionalLong.empty());
    FormProgram program = model.program(Form.PARALLEL, false).get();
    try (Engine engine = Engine.withWorkers(1);
        StateMemory states = new StateMemory(model.states(), model.real(), 2)) {
      assertThatThrownBy(() ->
              new BoundProgram(
                  program,
                  engine,
                  ToyModel::kernel,
                  ToyModel.weights()::get,
                  states,
                  2,
                  Integer.MAX_VALUE))
          .isInstanceOf(MemoryException.class)
          .hasMessageStartingWith("a block of 2147483647 steps in the parallel form, batch 2 needs")
          .hasMessageContaining("GiB");
      assertThatThrownBy(() ->
              MemoryPlan.of(
                  program(
                      List.of(true),
                      List.of(
                          new BufferDescription(
                              "b", Role.SCRATCH, ElementType.F64, new Size(1, 1, 2), 0, 0))),
                  Integer.MAX_VALUE,
                  Integer.MAX_VALUE,
                  1))
          .isInstanceOf(MemoryException.class);
      assertThatThrownBy(() -> new StateMemory(model.states(), model.real(), Integer.MAX_VALUE))
          .isInstanceOf(MemoryException.class)
          .hasMessageStartingWith("the state of a batch of 2147483647 sequences needs");
    }
  }
}
