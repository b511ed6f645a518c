package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What all processors of the machine did at most when that was measured.
 *
 * @param multiply GFLOPS of the best known tile or of OpenBLAS, whichever did more
 * @param read GB/s of the way of reading that was faster
 */
public record Peaks(OptionalDouble multiply, OptionalDouble read) {
  /** Nothing was measured. */
  public static final Peaks UNKNOWN = new Peaks(OptionalDouble.empty(), OptionalDouble.empty());

  public static Peaks of(List<Limits.Measured> measured) {
    return new Peaks(
        of(measured, Set.of(Limit.TILE, Limit.SGEMM)),
        of(measured, Set.of(Limit.READ, Limit.STREAMS)));
  }

  private static OptionalDouble of(List<Limits.Measured> measured, Set<Limit> limits) {
    return measured.stream()
        .filter(one -> limits.contains(one.limit()) && !one.standing().hasFailed())
        .mapToDouble(Limits.Measured::value)
        .max();
  }

  /** How much of the peak that limits a task a contestant reached; empty if it is unknown. */
  public OptionalDouble share(Task task, Standing standing) {
    return switch (task) {
      case Task.Core _, Task.CoreGradients _, Task.Product _, Task.Training _ ->
          share(task.operations() / standing.median(), multiply);
      case Task.Decoding _ when standing.amount() > 0 ->
          share(standing.amount() / standing.median(), read);
      case Task.Decoding _, Task.Step _, Task.LaterToken _, Task.Prefill _ ->
          OptionalDouble.empty();
    };
  }

  private static OptionalDouble share(double reached, OptionalDouble peak) {
    return peak.isPresent()
        ? OptionalDouble.of(reached / peak.getAsDouble())
        : OptionalDouble.empty();
  }
}
