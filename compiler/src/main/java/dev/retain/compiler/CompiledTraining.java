package dev.retain.compiler;

import dev.retain.runtime.training.GradientPrograms;
import java.util.Map;
import java.util.Optional;

/**
 * The programs that train a model in one form.
 *
 * @param dense for rows of which every step counts, from one document
 * @param ragged for rows in which documents begin; none in a form that is written by hand
 * @param kernels class files by binary name
 * @param operationsPerToken what training on one token takes, in blocks of a given length: see
 *     {@link dev.retain.compiler.tensor.OperationCount}
 */
public record CompiledTraining(
    GradientPrograms dense,
    Optional<GradientPrograms> ragged,
    Map<String, byte[]> kernels,
    java.util.function.LongUnaryOperator operationsPerToken) {
  public CompiledTraining {
    kernels = Map.copyOf(kernels);
  }
}
