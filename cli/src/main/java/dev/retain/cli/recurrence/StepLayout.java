package dev.retain.cli.recurrence;

import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * In which order a file has the axes of what differs from step to step.
 *
 * @param letters B for the batch, T for time, H for the heads, D for all others
 */
record StepLayout(String letters) {
  static final class Converter implements ITypeConverter<StepLayout> {
    @Override
    public StepLayout convert(String text) {
      boolean once = text.chars().distinct().count() == text.length();
      if (!once || !text.matches("[BTHD]+") || !text.contains("B") || !text.contains("T")) {
        throw new TypeConversionException(
            "expected each of B, T and where they exist H and D once, as in BTHD, found '"
                + text
                + "'");
      }
      return new StepLayout(text);
    }
  }

  boolean hasHeads() {
    return letters.contains("H");
  }

  /** How many axes of a tensor of so many are neither batch nor time nor heads; maybe negative. */
  int others(int axes) {
    return axes - letters.length() + (letters.contains("D") ? 1 : 0);
  }

  /** For batch, time, heads if there are any, and all others in turn: its place in the file. */
  List<Integer> places(int axes) {
    List<Integer> others = new ArrayList<>();
    int[] named = new int[3];
    int place = 0;
    for (char letter : letters.toCharArray()) {
      if (letter == 'D') {
        for (int i = 0; i < others(axes); i++) {
          others.add(place++);
        }
      } else {
        named["BTH".indexOf(letter)] = place++;
      }
    }
    List<Integer> places = new ArrayList<>(List.of(named[0], named[1]));
    if (hasHeads()) {
      places.add(named[2]);
    }
    places.addAll(others);
    return places;
  }

  /** From the file's order to batch, time, heads, others. */
  NativeTensor fromFile(NativeTensor tensor) {
    return permuted(tensor, places(tensor.shape().length));
  }

  /** From batch, time, heads, others to the file's order. */
  NativeTensor toFile(NativeTensor tensor) {
    List<Integer> places = places(tensor.shape().length);
    return permuted(
        tensor, IntStream.range(0, places.size()).map(places::indexOf).boxed().toList());
  }

  /** The tensor with its axes in another order: the first one is the given one of before. */
  static NativeTensor permuted(NativeTensor tensor, List<Integer> order) {
    long[] from = tensor.shape();
    long[] shape = order.stream().mapToLong(axis -> from[axis]).toArray();
    long[] strides = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      strides[i] = Arrays.stream(from).skip(order.get(i) + 1L).reduce(1, (a, b) -> a * b);
    }
    NativeTensor result = NativeTensor.allocate(Arena.ofAuto(), tensor.type(), shape);
    for (long flat = 0; flat < result.size(); flat++) {
      long rest = flat;
      long place = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        place += rest % shape[axis] * strides[axis];
        rest /= shape[axis];
      }
      result.setDouble(flat, tensor.getDouble(place));
    }
    return result;
  }
}
