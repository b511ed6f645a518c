package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.Slices;
import dev.retain.runtime.program.StepDescription;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static StepDescription step(Barrier barrier, int parts, boolean onShapeChange) {
    return new StepDescription("k", List.of(), barrier, parts, onShapeChange, "");
  }

  private static Schedule schedule(
      List<StepDescription> steps, boolean all, int batch, int workers) {
    return Schedule.of(program(steps, List.of()), 0, steps.size(), all, batch, 1, workers);
  }

  private static FormProgram program(List<StepDescription> steps, List<Slices> slices) {
    BufferDescription output =
        new BufferDescription("logits", Role.OUTPUT, ElementType.F32, Size.fixed(1), 0, 0);
    return new FormProgram(
        "parallel", Form.PARALLEL, false, List.of(), List.of(output), steps, slices);
  }

  /** Each phase as its runs, each run as its parts and its steps. */
  private static List<List<List<Integer>>> phases(Schedule schedule) {
    return Arrays.stream(schedule.phases())
        .map(phase -> Arrays.stream(phase).map(ScheduleTest::words).toList())
        .toList();
  }

  private static List<Integer> words(Schedule.Run run) {
    int[] words = new int[run.steps().length + 1];
    words[0] = run.parts();
    System.arraycopy(run.steps(), 0, words, 1, run.steps().length);
    return Arrays.stream(words).boxed().toList();
  }

  @Test
  void theBarrierOfAStepLeftOutMovesToTheNext() {
    List<StepDescription> steps =
        List.of(
            step(Barrier.ALWAYS, 0, true),
            step(Barrier.ALWAYS, 0, false),
            step(Barrier.ALWAYS, 0, true),
            step(Barrier.NONE, 0, false),
            step(Barrier.NONE, 0, false),
            step(Barrier.ALWAYS, 0, false));

    assertThat(phases(schedule(steps, true, 1, 2)))
        .containsExactly(
            List.of(List.of(0, 0)),
            List.of(List.of(0, 1)),
            List.of(List.of(0, 2, 3, 4)),
            List.of(List.of(0, 5)));
    assertThat(phases(schedule(steps, false, 1, 2)))
        .containsExactly(List.of(List.of(0, 1)), List.of(List.of(0, 3, 4)), List.of(List.of(0, 5)));
  }

  @Test
  void workersDoNotMeetBetweenParts() {
    List<StepDescription> steps =
        List.of(
            step(Barrier.ALWAYS, 0, false),
            step(Barrier.NONE, 4, false),
            step(Barrier.BETWEEN_PARTS, 4, false),
            step(Barrier.ALWAYS, 4, false),
            step(Barrier.BETWEEN_PARTS, 4, false));

    assertThat(phases(schedule(steps, true, 3, 2)))
        .containsExactly(List.of(List.of(0, 0), List.of(12, 1, 2)), List.of(List.of(12, 3, 4)));
  }

  @Test
  void theyMeetIfPartsWouldLeaveThemIdle() {
    List<StepDescription> steps =
        List.of(step(Barrier.ALWAYS, 3, false), step(Barrier.BETWEEN_PARTS, 3, false));

    assertThat(phases(schedule(steps, true, 1, 2)))
        .containsExactly(List.of(List.of(0, 0)), List.of(List.of(0, 1)));
    assertThat(phases(schedule(steps, true, 5, 2))).containsExactly(List.of(List.of(15, 0, 1)));
    assertThat(phases(schedule(steps, true, 1, 16)))
        .containsExactly(List.of(List.of(0, 0)), List.of(List.of(0, 1)));
  }

  /** Workers meet before each slice; the last one is shorter, or not there at all. */
  @Test
  void slicesComeOneAfterTheOther() {
    List<StepDescription> steps =
        List.of(
            step(Barrier.ALWAYS, 0, true),
            step(Barrier.ALWAYS, 0, false),
            step(Barrier.NONE, 0, false),
            step(Barrier.ALWAYS, 0, false),
            step(Barrier.NONE, 0, false));

    Schedule schedule =
        Schedule.of(program(steps, List.of(new Slices(1, 3, 4))), 0, steps.size(), false, 2, 5, 2);

    assertThat(phases(schedule))
        .containsExactly(
            List.of(List.of(0, 1, 2)),
            List.of(List.of(0, 3)),
            List.of(List.of(0, 1, 2)),
            List.of(List.of(0, 3)),
            List.of(List.of(0, 1, 2)),
            List.of(List.of(0, 3), List.of(0, 4)));
    assertThat(Arrays.stream(schedule.phases()).map(phase -> phase[0].slice()))
        .containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(Arrays.stream(schedule.phases()).map(phase -> phase[0].positions(2, 5)))
        .containsExactly(4, 4, 4, 4, 2, 2);
    assertThat(Arrays.stream(schedule.phases()).map(phase -> phase[0].positions(2, 3)))
        .containsExactly(4, 4, 2, 2, 0, 0);
  }
}
