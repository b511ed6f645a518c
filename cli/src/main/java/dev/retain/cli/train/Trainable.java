package dev.retain.cli.train;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.util.EnumSet;

/**
 * A model that is being trained.
 *
 * @param operationsPerToken floating-point operations of training on one token
 */
record Trainable(BlockGradientModel model, double operationsPerToken) implements AutoCloseable {
  @Override
  public void close() {
    model.close();
  }

  /**
   * Opens one for the vectors of this machine.
   *
   * @param form in which it is trained, derived or written by hand
   * @param chunk tokens of a chunk
   * @param length tokens of a row
   * @throws dev.retain.runtime.RetainException if there is no such form
   */
  static Trainable open(ModelBuilder builder, String form, int chunk, int length, Engine engine) {
    Width width =
        MachineWidth.choose(builder.compiled().description().name(), EnumSet.allOf(Width.class));
    ModelBuilder.Trainable trainable = builder.openForTraining(form, chunk, width, engine);
    long block = trainable.model().block(length);
    return new Trainable(trainable.model(), trainable.operationsPerToken().applyAsLong(block));
  }
}
