package dev.retain.cli.tune;

import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The gradients of a batch of rows from rest, in the chunkwise form. */
final class Training implements Workload {
  /** The usual length of a row. */
  static final int LENGTH = 256;

  /** Each way to cut has weights and gradients of its own, so that larger models take too much. */
  static final long LARGEST = 40_000_000;

  private static final int ROWS = 2;

  private final ModelBuilder builder;
  private final Width width;
  private final Engine engine;
  private final TrainingBatch batch;
  private final Map<Choice, BlockGradientModel> models = new HashMap<>();

  Training(ModelBuilder builder, Width width, Engine engine) {
    this.builder = builder;
    this.width = width;
    this.engine = engine;
    this.batch =
        TrainingBatch.ofNextTokens(RandomTokens.of(ROWS, LENGTH, builder.compiled().description()));
  }

  @Override
  public String name() {
    return "training";
  }

  @Override
  public Choice usual() {
    return Tuning.usualTraining(width);
  }

  @Override
  public int tokens() {
    return ROWS * LENGTH;
  }

  @Override
  public Runnable cut(Choice choice) {
    BlockGradientModel model = models.computeIfAbsent(choice, this::open);
    return () -> {
      model.clear();
      model.accumulate(batch, 1.0 / batch.targetCount(), false, 0);
    };
  }

  private BlockGradientModel open(Choice choice) {
    Tuning tuning = new Tuning(width, Tuning.usualReading(width), choice, Optional.empty());
    return new ModelBuilder(
            builder.compilation(), builder.compiled(), builder.weights(), builder.layout(), tuning)
        .openForTraining(
            Form.CHUNKWISE.text(),
            choice.chunk(),
            LENGTH <= choice.chunk(),
            BlockGradientModel.USUAL_WORK,
            width,
            engine)
        .model();
  }

  @Override
  public void forget() {
    models.values().forEach(BlockGradientModel::close);
    models.clear();
  }

  @Override
  public void close() {
    forget();
  }
}
