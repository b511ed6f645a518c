package dev.retain.cli.recurrence;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.NativeTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The output of a recurrence, in memory and in a file. */
record RecurrenceOutput(StepLayout layout, CompiledRecurrence compiled) {
  /** Batch, time, heads and then what a step's output has, in the order of the file. */
  NativeTensor toFile(NativeTensor output) {
    List<Long> sizes = new ArrayList<>(List.of(output.shape()[0], output.shape()[1]));
    compiled.outputAxes().forEach(axis -> sizes.add((long) axis.size()));
    long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
    NativeTensor shaped = NativeTensor.over(output.segment(), output.type(), shape);
    return layout.toFile(StepLayout.permuted(shaped, order()));
  }

  /** The same the other way: as the output lies in memory. */
  NativeTensor fromFile(NativeTensor stored, Path file) {
    List<Integer> order = order();
    if (stored.shape().length != order.size()) {
      throw new RetainException(
          "%s: dout %s should have the shape of out"
              .formatted(file, Arrays.toString(stored.shape())));
    }
    NativeTensor ordered = layout.fromFile(stored);
    return StepLayout.permuted(
        ordered, IntStream.range(0, order.size()).map(order::indexOf).boxed().toList());
  }

  /** For batch, time, heads and the others in turn: its place in memory. */
  private List<Integer> order() {
    List<Axis> lying = compiled.outputAxes();
    List<Axis> wanted = new ArrayList<>(compiled.call().mapped());
    wanted.retainAll(lying);
    compiled.call().body().node(compiled.call().output()).axes().stream()
        .filter(axis -> !wanted.contains(axis))
        .forEach(wanted::add);
    List<Integer> order = new ArrayList<>(List.of(0, 1));
    wanted.forEach(axis -> order.add(2 + lying.indexOf(axis)));
    return order;
  }
}
