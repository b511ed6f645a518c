package dev.retain.cli.recurrence;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.syntax.Item.TensorItem.Role;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.compiler.types.RecurrenceModel.Input;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What a file brings for the inputs of a recurrence. */
final class RecurrenceInputs {
  private final Path path;
  private final SafetensorsFile file;
  private final StepLayout layout;
  private final List<Input> declared;
  private final boolean headsAreOwn;
  private final Map<String, NativeTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Argument> arguments = new LinkedHashMap<>();
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private int batch = -1;
  private int time = -1;
  private int heads = -1;

  /**
   * Reads all inputs.
   *
   * @throws RetainException naming what is missing or has another shape
   */
  RecurrenceInputs(
      Path path, SafetensorsFile file, StepLayout layout, CompiledRecurrence.Declared recurrence) {
    this.path = path;
    this.file = file;
    this.layout = layout;
    this.declared = recurrence.inputs();
    requireAll();
    this.headsAreOwn = headsAreOwn();
    declared.stream().filter(input -> input.role() == Role.IN).forEach(this::step);
    declared.stream().filter(input -> input.role() != Role.IN).forEach(this::always);
  }

  int batch() {
    return batch;
  }

  int time() {
    return time;
  }

  Map<String, Argument> arguments() {
    return arguments;
  }

  /** By path: for what differs from step to step [batch, time, ...], else [...]. */
  Map<String, NativeTensor> tensors() {
    return tensors;
  }

  /** A tensor of the file that is no input. */
  NativeTensor read(String name) {
    return file.read(name, ElementType.F64, Arena.ofAuto());
  }

  /** What belongs to an input, in the order and shape of the file. */
  NativeTensor toFile(String path, NativeTensor tensor) {
    boolean isStep = declared.stream().anyMatch(i -> i.path().equals(path) && i.role() == Role.IN);
    NativeTensor ordered = isStep ? layout.toFile(tensor) : tensor;
    return NativeTensor.over(ordered.segment(), ordered.type(), file.shape(path));
  }

  /** What the file has for states, by place: [batch, ...]. */
  Map<Integer, NativeTensor> states(String prefix, int count) {
    Map<Integer, NativeTensor> states = new LinkedHashMap<>();
    for (int s = 0; s < count; s++) {
      String name = prefix + s;
      if (file.contains(name)) {
        states.put(s, file.read(name, ElementType.F64, Arena.ofAuto()));
      }
    }
    return states;
  }

  private void requireAll() {
    List<String> missing =
        declared.stream().map(Input::path).filter(name -> !file.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new RetainException(
          "%s: it has no %s; the recurrence reads %s"
              .formatted(
                  path,
                  String.join(", ", missing),
                  String.join(", ", declared.stream().map(Input::path).toList())));
    }
    if (declared.stream().noneMatch(input -> input.role() == Role.IN)) {
      throw new RetainException(
          "the recurrence has no input that differs from step to step, so nothing says how many"
              + " steps to run");
    }
  }

  /** Whether the recurrence declares an axis of heads itself, and is not mapped over them. */
  private boolean headsAreOwn() {
    return layout.hasHeads()
        && declared.stream()
            .filter(input -> input.role() == Role.IN)
            .allMatch(
                input -> input.axes().size() == layout.others(file.shape(input.path()).length) + 1);
  }

  private void step(Input input) {
    NativeTensor tensor = file.read(input.path(), ElementType.F64, Arena.ofAuto());
    int others = layout.others(tensor.shape().length);
    if (others < 0) {
      throw wrong(input, "has fewer axes than " + layout.letters());
    }
    NativeTensor ordered = layout.fromFile(tensor);
    long[] shape = ordered.shape();
    batch = same(input, "batch", batch, shape[0]);
    time = same(input, "time", time, shape[1]);
    int first = 2;
    List<Axis> mapped = List.of();
    if (layout.hasHeads() && !headsAreOwn) {
      heads = same(input, "head", heads, shape[2]);
      mapped = List.of(Axis.of("head", heads));
      first = 3;
    }
    long[] own = Arrays.copyOfRange(shape, first, shape.length);
    tensors.put(input.path(), ordered);
    arguments.put(input.name(), new Argument(mapped, own(input, own), List.of()));
  }

  private void always(Input input) {
    NativeTensor tensor = file.read(input.path(), ElementType.F64, Arena.ofAuto());
    long[] shape = tensor.shape();
    List<Axis> mapped = List.of();
    if (heads > 0 && shape.length == input.axes().size() + 1) {
      heads = same(input, "head", heads, shape[0]);
      mapped = List.of(Axis.of("head", heads));
      shape = Arrays.copyOfRange(shape, 1, shape.length);
    }
    List<Double> values = LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList();
    Argument argument = new Argument(mapped, own(input, shape), values);
    List<Long> exact = new ArrayList<>();
    mapped.forEach(axis -> exact.add((long) axis.size()));
    argument.sizes().forEach(size -> exact.add((long) size));
    long[] target = exact.stream().mapToLong(Long::longValue).toArray();
    tensors.put(input.path(), NativeTensor.over(tensor.segment(), ElementType.F64, target));
    arguments.put(input.name(), argument);
  }

  /** The sizes of the declared axes; further axes of a single element are left out. */
  private List<Integer> own(Input input, long[] shape) {
    List<Long> found = new ArrayList<>(Arrays.stream(shape).boxed().toList());
    while (found.size() > input.axes().size() && found.contains(1L)) {
      found.remove(1L);
    }
    if (found.size() != input.axes().size()) {
      throw wrong(
          input, "should have the axes " + input.axes() + " beside those of " + layout.letters());
    }
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      String axis = input.axes().get(i);
      result.add(same(input, axis, sizes.getOrDefault(axis, -1), found.get(i)));
      sizes.put(axis, result.getLast());
    }
    return result;
  }

  private int same(Input input, String axis, int known, long size) {
    if (known >= 0 && known != size) {
      throw wrong(input, "has " + axis + " = " + size + ", where others have " + known);
    }
    return Math.toIntExact(size);
  }

  private RetainException wrong(Input input, String problem) {
    return new RetainException(
        "%s: %s %s %s"
            .formatted(path, input.path(), Arrays.toString(file.shape(input.path())), problem));
  }
}
