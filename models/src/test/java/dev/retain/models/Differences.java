package dev.retain.models;

import dev.retain.runtime.State;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.LongStream;

/** How far tensors, and states, are from each other. */
final class Differences {
  private Differences() {}

  /** The largest difference of two elements at the same place; shapes may differ, sizes not. */
  static double absolute(NativeTensor actual, NativeTensor expected) {
    if (actual.size() != expected.size()) {
      throw new AssertionError("expected " + expected + ", but found " + actual);
    }
    return LongStream.range(0, expected.size())
        .mapToDouble(i -> distance(actual.getDouble(i), expected.getDouble(i)))
        .max()
        .orElseThrow();
  }

  /** The same over the largest magnitude of what is expected, if that is not 0. */
  static double relative(NativeTensor actual, NativeTensor expected) {
    double difference = absolute(actual, expected);
    return difference == 0 ? 0 : difference / magnitude(expected);
  }

  /** The largest of the relative differences of all tensors; infinite if positions differ. */
  static double relative(State actual, State expected) {
    if (!Arrays.equals(actual.positions(), expected.positions())) {
      return Double.POSITIVE_INFINITY;
    }
    return expected.tensors().entrySet().stream()
        .mapToDouble(state -> relative(actual.tensors().get(state.getKey()), state.getValue()))
        .max()
        .orElseThrow();
  }

  /** Some steps of one sequence of logits [batch, time, vocabulary], as [1, length, vocabulary]. */
  static NativeTensor steps(NativeTensor logits, int row, int start, int length) {
    long[] shape = logits.shape();
    NativeTensor part = NativeTensor.allocate(Arena.ofAuto(), logits.type(), 1, length, shape[2]);
    long bytes = part.segment().byteSize();
    long step = bytes / length;
    MemorySegment.copy(logits.segment(), (row * shape[1] + start) * step, part.segment(), 0, bytes);
    return part;
  }

  private static double magnitude(NativeTensor tensor) {
    return LongStream.range(0, tensor.size())
        .mapToDouble(i -> Math.abs(tensor.getDouble(i)))
        .max()
        .orElseThrow();
  }

  /** Not a number is infinitely far from everything. */
  private static double distance(double actual, double expected) {
    double distance = Math.abs(actual - expected);
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }
}
