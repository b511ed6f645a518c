package dev.retain.runtime;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies steps of sequences between whole tensors and the memory of a block. */
final class StepCopies {
  private StepCopies() {}

  /**
   * Tells a program about a block.
   *
   * @param inputs by name, [batch, time, ...] in the program's type; those that the program does
   *     not read are left out
   */
  static void writeInputs(
      BoundProgram bound,
      Map<String, NativeTensor> inputs,
      int batch,
      int time,
      int start,
      int length) {
    long[] positions = new long[batch];
    Arrays.fill(positions, start);
    new BlockInputs(bound).writePositions(positions);
    inputs.forEach((path, tensor) -> {
      MemorySegment segment = bound.input(path).orElse(MemorySegment.NULL);
      if (segment.byteSize() > 0) {
        copy(tensor.segment(), time, start, segment, length, 0, length, batch);
      }
    });
  }

  /** The same tensors in the type that a program reads them in. */
  static Map<String, NativeTensor> in(ElementType type, Map<String, NativeTensor> inputs) {
    Map<String, NativeTensor> converted = new LinkedHashMap<>();
    inputs.forEach((path, tensor) -> converted.put(path, in(type, tensor)));
    return converted;
  }

  static NativeTensor in(ElementType type, NativeTensor tensor) {
    if (tensor.type() == type) {
      return tensor;
    }
    NativeTensor copy = NativeTensor.allocate(Arena.ofAuto(), type, tensor.shape());
    copy.copyFrom(tensor);
    return copy;
  }

  /** Copies steps of each sequence from memory of [batch, steps, ...] to other such memory. */
  static void copy(
      MemorySegment from,
      int fromSteps,
      int fromStart,
      MemorySegment to,
      int toSteps,
      int toStart,
      int length,
      int batch) {
    // The memory of a block may be larger than what it holds now.
    long bytes =
        fromSteps >= toSteps
            ? from.byteSize() / batch / fromSteps
            : to.byteSize() / batch / toSteps;
    for (long row = 0; row < batch; row++) {
      MemorySegment.copy(
          from,
          (row * fromSteps + fromStart) * bytes,
          to,
          (row * toSteps + toStart) * bytes,
          length * bytes);
    }
  }
}
