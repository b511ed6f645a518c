package dev.retain.models;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** How far a model's gradients are from finite differences of fourth order of its loss. */
final class LossDifferences {
  /** Small, so that what is activated by {@code max} hardly ever comes to its kink. */
  private static final double STEP = 1e-4;

  private LossDifferences() {}

  static BlockGradientModel open(ModelBuilder builder, String form, int chunk) {
    return open(builder, form, chunk, Engine.shared());
  }

  static BlockGradientModel open(ModelBuilder builder, String form, int chunk, Engine engine) {
    Width width = MachineWidth.choose("model", Set.of(Width.values()));
    return open(builder, form, chunk, BlockGradientModel.USUAL_WORK, engine, width);
  }

  /** Norms and biases are moved a little, so that no two are the same. */
  static BlockGradientModel open(
      ModelBuilder builder, String form, int chunk, long work, Engine engine, Width width) {
    return moved(builder.openForTraining(form, chunk, false, work, width, engine).model());
  }

  /** The same for batches of one block that begins at rest. */
  static BlockGradientModel openForOneBlock(ModelBuilder builder, String form, int chunk) {
    Width width = MachineWidth.choose("model", Set.of(Width.values()));
    return moved(
        builder
            .openForTraining(
                form, chunk, true, BlockGradientModel.USUAL_WORK, width, Engine.shared())
            .model());
  }

  private static BlockGradientModel moved(BlockGradientModel model) {
    Random random = new Random(5);
    for (NativeTensor tensor : model.parameters().values()) {
      for (long i = 0; i < tensor.size(); i++) {
        tensor.setDouble(i, (float) (tensor.getDouble(i) + 0.2 * random.nextGaussian()));
      }
    }
    return model;
  }

  /** Each sequence by itself. */
  static double error(BlockGradientModel model, TrainingBatch batch, long seed) {
    return error(model, path -> true, one -> one.accumulate(batch, 1, false, seed));
  }

  /**
   * Along one random direction of all parameters that are moved, relative to the sum of what each
   * of them contributes.
   *
   * @param loss adds the gradients
   */
  static double error(
      BlockGradientModel model,
      Predicate<String> moved,
      ToDoubleFunction<BlockGradientModel> loss) {
    model.clear();
    loss.applyAsDouble(model);
    Map<String, double[]> directions = new LinkedHashMap<>();
    Random random = new Random(6);
    double slope = 0;
    double size = 0;
    for (Map.Entry<String, NativeTensor> gradient : model.gradients().entrySet()) {
      double[] direction = new double[(int) gradient.getValue().size()];
      for (int i = 0; moved.test(gradient.getKey()) && i < direction.length; i++) {
        direction[i] = random.nextGaussian();
        double product = direction[i] * gradient.getValue().getDouble(i);
        slope += product;
        size += Math.abs(product);
      }
      directions.put(gradient.getKey(), direction);
    }
    Map<String, NativeTensor> places = new LinkedHashMap<>();
    model.parameters().forEach((path, tensor) -> places.put(path, tensor.copyOf(Arena.ofAuto())));
    double[] losses = new double[5];
    for (int steps : new int[] {-2, -1, 1, 2}) {
      move(model, places, directions, steps * STEP);
      losses[steps + 2] = loss.applyAsDouble(model);
    }
    move(model, places, directions, 0);
    double difference = (8 * (losses[3] - losses[1]) - (losses[4] - losses[0])) / (12 * STEP);
    double error = Math.abs(slope - difference) / size;
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  private static void move(
      BlockGradientModel model,
      Map<String, NativeTensor> places,
      Map<String, double[]> directions,
      double step) {
    model
        .parameters()
        .forEach((path, tensor) -> {
          double[] direction = directions.get(path);
          for (int i = 0; i < direction.length; i++) {
            tensor.setDouble(i, places.get(path).getDouble(i) + step * direction[i]);
          }
        });
  }
}
