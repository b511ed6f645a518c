package dev.retain.cli.tune;

import dev.retain.compiler.Compiler;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One sequence that is read in the chunkwise form. */
final class Reading implements Workload {
  /** Of these a run takes some milliseconds at least, and has whole chunks of any length. */
  private static final int TOKENS = 1024;

  /** In large models fewer will do. */
  private static final int TOKENS_OF_LARGE = 512;

  private static final long LARGE = 30_000_000;

  private final ModelBuilder builder;
  private final Width width;
  private final Engine engine;
  private final RetainModel model;
  private final int[][] tokens;
  private final Map<Tiling, RetainModel> models = new HashMap<>();
  private final Map<Choice, Session> sessions = new HashMap<>();

  Reading(ModelBuilder builder, Width width, Engine engine) {
    this.builder = builder;
    this.width = width;
    this.engine = engine;
    this.model = builder.open(width, engine);
    long parameters = builder.compilation().model().parameterCount();
    this.tokens =
        RandomTokens.of(1, parameters > LARGE ? TOKENS_OF_LARGE : TOKENS, model.description());
  }

  @Override
  public String name() {
    return "reading";
  }

  @Override
  public Choice usual() {
    return Tuning.usualReading(width);
  }

  @Override
  public int tokens() {
    return tokens[0].length;
  }

  @Override
  public Runnable cut(Choice choice) {
    // Its memory is as large as its chunks, in a session of its own.
    Session session =
        sessions.computeIfAbsent(
            choice, _ -> models.computeIfAbsent(choice.tiling(), this::model).newSession(1));
    RunOptions options = RunOptions.DEFAULT.withChunk(choice.chunk());
    return () -> {
      session.reset();
      session.run(tokens, Form.CHUNKWISE, options, (_, _, _) -> {});
    };
  }

  /** Other kernels on the same weights. */
  private RetainModel model(Tiling tiling) {
    ElementType real = model.description().real();
    Tuning tuning =
        new Tuning(
            width,
            new Choice(ModelDescription.USUAL_CHUNK, tiling),
            Tuning.usualTraining(width),
            Optional.empty());
    CompiledModel compiled =
        Compiler.compile(
            builder.compilation(), real, real, List.of(width), tuning, OptionalLong.empty());
    return RetainModel.of(
        compiled.description(), model.weights(), compiled.kernels().get(width), engine);
  }

  @Override
  public void forget() {
    sessions.values().forEach(Session::close);
    sessions.clear();
    models.values().forEach(RetainModel::close);
    models.clear();
  }

  @Override
  public void close() {
    forget();
    model.close();
  }
}
