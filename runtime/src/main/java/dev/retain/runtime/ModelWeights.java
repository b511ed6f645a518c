package dev.retain.runtime;

import dev.retain.runtime.memory.AvailableMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.weights.StoredParameters;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The tensors that a model's kernels read: in its order, of the right type, aligned. */
final class ModelWeights {
  private ModelWeights() {}

  /** Refuses a model that does not fit, before any of it is read. */
  static void requireMemory(ModelDescription model) {
    AvailableMemory.require(
        bytes(model.stored(), parameter -> type(model, parameter))
            + bytes(model.constants(), constant -> ElementType.F64),
        "the model " + model.name());
  }

  private static <T extends TensorDescription> long bytes(
      List<T> tensors, Function<T, ElementType> type) {
    return tensors.stream()
        .mapToLong(tensor -> NativeTensor.byteSize(type.apply(tensor), shape(tensor)))
        .sum();
  }

  private static long[] shape(TensorDescription tensor) {
    return tensor instanceof ParameterDescription parameter
        ? parameter.storedShape()
        : tensor.shapeAfter();
  }

  private static ElementType type(ModelDescription model, ParameterDescription parameter) {
    return parameter.storage().type(model.real());
  }

  /**
   * Puts given tensors and initial values together. Given tensors are used as they are where they
   * can be.
   */
  static SequencedMap<String, NativeTensor> of(
      ModelDescription model, Map<String, NativeTensor> given) {
    SequencedMap<String, NativeTensor> weights = new LinkedHashMap<>();
    for (ParameterDescription parameter : model.stored()) {
      NativeTensor tensor = given.get(parameter.path());
      weights.put(
          parameter.path(),
          tensor == null && model.seed().isPresent()
              ? initial(parameter, model.real(), model.seed().getAsLong())
              : fit(model, parameter, tensor, type(model, parameter)));
    }
    for (TensorDescription constant : model.constants()) {
      weights.put(
          constant.path(), fit(model, constant, given.get(constant.path()), ElementType.F64));
    }
    TreeSet<String> unknown = new TreeSet<>(given.keySet());
    unknown.removeAll(weights.keySet());
    if (!unknown.isEmpty()) {
      throw new ModelException("the model " + model.name() + " has no tensors " + unknown);
    }
    return Collections.unmodifiableSequencedMap(weights);
  }

  private static NativeTensor initial(ParameterDescription parameter, ElementType type, long seed) {
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), type, parameter.shapeAfter());
    Initialiser.fill(tensor, parameter, seed);
    return StoredParameters.stored(parameter, tensor, Arena.ofAuto()).get(parameter.path());
  }

  private static NativeTensor fit(
      ModelDescription model, TensorDescription expected, NativeTensor found, ElementType type) {
    long[] shape = shape(expected);
    if (found == null || !Arrays.equals(found.shape(), shape)) {
      throw new ModelException(
          "the model "
              + model.name()
              + " needs the tensor "
              + expected.path()
              + " of the shape "
              + Arrays.toString(shape)
              + ", but it is "
              + (found == null ? "missing" : found));
    }
    if (found.type() != type && (type.isSmall() || found.type().isSmall())) {
      throw new ModelException(
          "the model %s stores the tensor %s as %s, and is given %s"
              .formatted(model.name(), expected.path(), type, found));
    }
    if (found.type() == type && found.address() % NativeTensor.ALIGNMENT == 0) {
      return found;
    }
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), type, shape);
    tensor.copyFrom(found);
    return tensor;
  }
}
