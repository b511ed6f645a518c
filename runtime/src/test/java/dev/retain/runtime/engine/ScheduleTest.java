package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.StepDescription;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static StepDescription step(Barrier barrier, int parts, boolean onShapeChange) {
    return new StepDescription("k", List.of(), barrier, parts, onShapeChange, "");
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

    assertThat(phases(Schedule.of(steps, true, 1, 2)))
        .containsExactly(
            List.of(List.of(0, 0)),
            List.of(List.of(0, 1)),
            List.of(List.of(0, 2, 3, 4)),
            List.of(List.of(0, 5)));
    assertThat(phases(Schedule.of(steps, false, 1, 2)))
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

    assertThat(phases(Schedule.of(steps, true, 3, 2)))
        .containsExactly(List.of(List.of(0, 0), List.of(12, 1, 2)), List.of(List.of(12, 3, 4)));
  }

  @Test
  void theyMeetIfPartsWouldLeaveThemIdle() {
    List<StepDescription> steps =
        List.of(step(Barrier.ALWAYS, 3, false), step(Barrier.BETWEEN_PARTS, 3, false));

    assertThat(phases(Schedule.of(steps, true, 1, 2)))
        .containsExactly(List.of(List.of(0, 0)), List.of(List.of(0, 1)));
    assertThat(phases(Schedule.of(steps, true, 5, 2))).containsExactly(List.of(List.of(15, 0, 1)));
    assertThat(phases(Schedule.of(steps, true, 1, 16)))
        .containsExactly(List.of(List.of(0, 0)), List.of(List.of(0, 1)));
  }
}
