package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.Session;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.StateDescription;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One token after another of some sequences, each read as if it had been sampled. */
final class DecodingWork implements Work {
  private final ModelDescription description;
  private final RetainModel model;
  private final RetNet size;
  private final List<Session> sessions = new ArrayList<>();
  private final int[] tokens;

  /**
   * @param sequences how many there are
   * @param together how many of them the model reads at once
   */
  DecodingWork(String model, int sequences, int together) {
    this.model = OwnModel.of(model);
    this.description = this.model.description();
    this.size = RetNet.of(model);
    this.tokens = new int[together];
    for (int begun = 0; begun < sequences; begun += together) {
      sessions.add(this.model.newSession(together));
    }
  }

  @Override
  public void run() {
    for (Session session : sessions) {
      session.step(tokens);
    }
    Arrays.setAll(tokens, row -> (tokens[row] + row + 1) % description.vocabulary());
  }

  /**
   * Of the logits of the first sequence after {@link RetNet#FIRST} tokens; none of a model that
   * rounds its weights, which cannot be held against others.
   */
  @Override
  public double[] sample() {
    if (description.stored().stream().anyMatch(this::isRounded)) {
      return new double[0];
    }
    try (Session session = model.newSession(1)) {
      NativeTensor logits = null;
      for (int token : size.tokens(0, RetNet.FIRST)) {
        logits = session.step(token);
      }
      return Work.samples(logits.segment().toArray(ValueLayout.JAVA_FLOAT));
    }
  }

  private boolean isRounded(ParameterDescription parameter) {
    return parameter.storage().type(description.real()).bytes() < description.real().bytes();
  }

  /**
   * Bytes that have to come from memory: all weights but the table of tokens once for those that
   * are read together, and the state of each sequence twice.
   */
  @Override
  public double amount() {
    long weights = 0;
    for (ParameterDescription parameter : description.stored()) {
      boolean isTable = parameter.path().startsWith("embed.");
      // Of the table one row is read.
      long read = parameter.size() / (isTable ? description.vocabulary() : 1);
      weights += read * parameter.storage().type(description.real()).bytes();
    }
    long state =
        description.states().stream().mapToLong(StateDescription::size).sum()
            * description.real().bytes();
    return sessions.size() * (weights + 2.0 * tokens.length * state);
  }

  @Override
  public void close() {
    sessions.forEach(Session::close);
  }
}
