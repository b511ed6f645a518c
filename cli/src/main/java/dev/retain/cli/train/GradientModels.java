package dev.retain.cli.train;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.training.GradientModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Makes models that can be trained: the one place where training meets the derivatives. */
@FunctionalInterface
public interface GradientModels {
  /**
   * What to make.
   *
   * @param definition the file
   * @param settings all hyperparameters as they are set
   * @param model the same model compiled for use, with its constants
   * @param real the type of numbers
   * @param form in which it is trained, such as {@code chunkwise}, or the name of one written by
   *     hand
   * @param chunk tokens of a chunk
   * @param batch rows of a batch
   * @param length tokens of a row
   * @param choices what was chosen by measuring when the run began, to be chosen again; empty if
   *     nothing was yet
   * @param engine to compute on
   */
  record Request(
      Path definition,
      Map<String, String> settings,
      ModelBuilder model,
      ElementType real,
      String form,
      int chunk,
      int batch,
      int length,
      Map<String, String> choices,
      Engine engine) {}

  /**
   * What was made.
   *
   * @param model its parameters are set by the caller
   * @param operationsPerToken floating-point operations of training on one token, if known
   * @param peak operations a second that this machine reaches at best; measured when asked
   * @param choices what was chosen by measuring
   * @param decays by name, how much of what was written is left after 0, 1, 2... steps, with the
   *     weights of the moment
   */
  record Trainable(
      GradientModel model,
      OptionalDouble operationsPerToken,
      DoubleSupplier peak,
      Map<String, String> choices,
      Supplier<SequencedMap<String, double[]>> decays) {
    /** One of which nothing else is known. */
    public static Trainable of(GradientModel model) {
      return new Trainable(model, OptionalDouble.empty(), () -> 0, Map.of(), LinkedHashMap::new);
    }
  }

  /**
   * Makes one.
   *
   * @throws dev.retain.compiler.diagnostics.CompileException if the definition has no gradients
   * @throws dev.retain.runtime.RetainException if there is no such form
   */
  Trainable open(Request request);
}
