package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.StateDescription;
import java.util.List;

/** One token after another, each read as if it had been sampled. */
final class DecodingWork implements Work {
  private final ModelDescription description;
  private final Session session;
  private int token;

  DecodingWork(RetainModel model) {
    this.description = model.description();
    this.session = model.newSession(1);
  }

  @Override
  public void run() {
    session.step(token);
    token = (token + 1) % description.vocabulary();
  }

  /** Bytes that have to come from memory: all weights but the table of tokens, the state twice. */
  @Override
  public double amount() {
    long weights =
        description.parameters().stream()
            .map(ParameterDescription::shape)
            .mapToLong(DecodingWork::product)
            .sum();
    long width = Long.parseLong(description.hyperparameters().get("d"));
    long table = (description.vocabulary() - 1) * width;
    long state =
        description.states().stream()
            .map(StateDescription::shape)
            .mapToLong(DecodingWork::product)
            .sum();
    return (weights - table + 2.0 * state) * description.real().bytes();
  }

  private static long product(List<Long> shape) {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  @Override
  public void close() {
    session.close();
  }
}
