package dev.retain.runtime.engine;

import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.StepDescription;
import java.util.Optional;

/**
 * Runs one block step by step, on one thread, to find the first number that is infinite or none.
 */
final class NonFiniteSearch {
  private final FormProgram program;
  private final Addresses addresses;
  private final StepRunner runner;
  private final int time;
  private final FiniteCheck check;

  /** Whose use came last. */
  private String parameter = "the input";

  /**
   * @param time steps of the block
   */
  NonFiniteSearch(
      FormProgram program, Addresses addresses, StepRunner runner, int batch, int time) {
    this.program = program;
    this.addresses = addresses;
    this.runner = runner;
    this.time = time;
    this.check = new FiniteCheck(program, batch, time);
  }

  /**
   * Goes through all steps, or to the first that writes such a number.
   *
   * @param from the side that states are read from
   * @return the step, and the parameter whose use came last before it; empty if all is finite
   */
  Optional<String> first(Schedule schedule, int from, int workers) {
    for (Schedule.Run[] phase : schedule.phases()) {
      for (Schedule.Run run : phase) {
        for (int step : run.steps()) {
          for (int share = 0; share < workers; share++) {
            runner.run(run.alone(step), time, share, from, share, workers);
          }
          StepDescription description = program.steps().get(step);
          remember(description);
          if (!check.isFinite(description, addresses.of(0, from, run.slice())[step], run)) {
            return Optional.of(
                "what %s is used for (%s)".formatted(parameter, description.label()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private void remember(StepDescription step) {
    for (int buffer : step.buffers()) {
      if (program.buffers().get(buffer).role() == Role.PARAMETER) {
        parameter = program.buffers().get(buffer).name();
      }
    }
  }
}
