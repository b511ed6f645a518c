package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.program.StepDescription;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static StepDescription step(boolean barrier, boolean onShapeChange) {
    return new StepDescription("k", List.of(), barrier, onShapeChange, "");
  }

  @Test
  void theBarrierOfAStepLeftOutMovesToTheNext() {
    List<StepDescription> steps =
        List.of(
            step(true, true),
            step(true, false),
            step(true, true),
            step(false, false),
            step(false, false),
            step(true, false));

    assertThat(Schedule.of(steps, true).phases())
        .isDeepEqualTo(new int[][] {{0}, {1}, {2, 3, 4}, {5}});
    assertThat(Schedule.of(steps, false).phases()).isDeepEqualTo(new int[][] {{1}, {3, 4}, {5}});
  }
}
