package dev.retain.compiler.fuzz;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.RecurrenceInterpreter;
import dev.retain.compiler.interpreter.Results;
import dev.retain.compiler.syntax.Item.TensorItem.Role;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.RecurrenceModel;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One random recurrence with random inputs and states. */
final class RandomCase {
  static final Width WIDTH = MachineWidth.choose("fuzz", Set.of(Width.values()));

  private final Random random;
  private final CompiledRecurrence.Declared declared;
  private final RandomRecurrence recurrence;
  private final int batch;
  private final int time;
  private final List<Axis> heads;
  private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();
  private final Map<String, Argument> arguments = new LinkedHashMap<>();
  private final CompiledRecurrence recurrent;
  private final Map<String, NativeTensor> states = new LinkedHashMap<>();

  RandomCase(long seed, RandomRecurrence recurrence) {
    this(seed, recurrence, false);
  }

  /**
   * @param ofRatios whether states are divided by each other: all are given, and are positive
   */
  RandomCase(long seed, RandomRecurrence recurrence, boolean ofRatios) {
    this.random = new Random(~seed);
    this.recurrence = recurrence;
    this.declared =
        CompiledRecurrence.find(new Source("seed" + seed + ".ret", recurrence.text()), "R");
    this.batch = 1 + random.nextInt(2);
    this.time = 1 + random.nextInt(13);
    this.heads = recurrence.heads() == 0 ? List.of() : List.of(Axis.of("head", recurrence.heads()));
    declared.inputs().forEach(this::input);
    this.recurrent = compile(Form.RECURRENT);
    for (RecurrenceCall.State state : recurrent.call().states()) {
      if (ofRatios) {
        states.put(state.path(), positive(tensor(shape(state))));
      } else if (random.nextBoolean()) {
        states.put(state.path(), tensor(shape(state)));
      }
    }
  }

  private void input(RecurrenceModel.Input input) {
    List<Integer> sizes =
        input.axes().stream()
            .map(axis ->
                switch (axis) {
                  case "K" -> recurrence.keys();
                  case "V" -> recurrence.values();
                  default -> recurrence.keys() / 2;
                })
            .toList();
    List<Long> shape = new ArrayList<>();
    if (input.role() == Role.IN) {
      shape.addAll(List.of((long) batch, (long) time));
    }
    heads.forEach(axis -> shape.add((long) axis.size()));
    sizes.forEach(size -> shape.add((long) size));
    NativeTensor tensor = tensor(shape.stream().mapToLong(Long::longValue).toArray());
    inputs.put(input.path(), tensor);
    List<Double> values = LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList();
    arguments.put(input.name(), new Argument(heads, sizes, values));
  }

  /** Numbers of any sign, one in eight of them 0. */
  NativeTensor tensor(long... shape) {
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, shape);
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, random.nextInt(8) == 0 ? 0 : random.nextDouble() * 1.6 - 0.8);
    }
    return tensor;
  }

  private static NativeTensor positive(NativeTensor tensor) {
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, 0.2 + Math.abs(tensor.getDouble(i)));
    }
    return tensor;
  }

  long[] shape(RecurrenceCall.State state) {
    return LongStream.concat(LongStream.of(batch), state.axes().stream().mapToLong(Axis::size))
        .toArray();
  }

  Random random() {
    return random;
  }

  int batch() {
    return batch;
  }

  int time() {
    return time;
  }

  /** By path. */
  Map<String, NativeTensor> inputs() {
    return inputs;
  }

  /** What is given at each step, or else what is stored, by path. */
  Map<String, NativeTensor> inputs(boolean ofSteps) {
    Map<String, NativeTensor> some = new LinkedHashMap<>();
    for (RecurrenceModel.Input input : declared.inputs()) {
      if ((input.role() == Role.IN) == ofSteps) {
        some.put(input.path(), inputs.get(input.path()));
      }
    }
    return some;
  }

  /** The states before the first step by path; those missing begin as declared. */
  Map<String, NativeTensor> states() {
    return states;
  }

  CompiledRecurrence recurrent() {
    return recurrent;
  }

  CompiledRecurrence compile(Form form) {
    return CompiledRecurrence.compile(declared, arguments, form, ElementType.F64, WIDTH);
  }

  /**
   * What the steps as they are written compute.
   *
   * @param given the inputs by path
   */
  Results interpreted(Map<String, NativeTensor> given, Map<String, NativeTensor> before) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    declared.inputs().forEach(input -> arrays.put(input.name(), given.get(input.path()).array()));
    Map<String, INDArray> beginnings = new LinkedHashMap<>();
    before.forEach((path, tensor) -> beginnings.put(path, tensor.array()));
    return RecurrenceInterpreter.run(
        recurrent.call(), new Bindings(batch, time, Map.of(), arrays, beginnings));
  }
}
