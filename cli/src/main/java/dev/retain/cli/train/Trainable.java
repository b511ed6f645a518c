package dev.retain.cli.train;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.program.Form;
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
   * @param carried whether rows go on from those of the batch before
   * @throws dev.retain.runtime.RetainException if there is no such form
   */
  static Trainable open(
      ModelBuilder builder, String form, int chunk, int length, boolean carried, Engine engine) {
    Width width =
        MachineWidth.choose(builder.compiled().description().name(), EnumSet.allOf(Width.class));
    boolean oneBlock = !carried && isOneBlock(form, chunk, length);
    ModelBuilder.Trainable trainable =
        builder.openForTraining(
            form, chunk, oneBlock, BlockGradientModel.USUAL_WORK, width, engine);
    long block = trainable.model().block(length);
    return new Trainable(trainable.model(), trainable.operationsPerToken().applyAsLong(block));
  }

  private static boolean isOneBlock(String form, int chunk, int length) {
    return form.equals(Form.PARALLEL.text())
        || form.equals(Form.CHUNKWISE.text()) && length <= chunk;
  }
}
