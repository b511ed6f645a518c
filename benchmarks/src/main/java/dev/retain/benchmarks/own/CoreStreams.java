package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A retention core, compiled, and all that it reads.
 *
 * @param inputs the steps of what differs from step to step, by the program's names
 */
record CoreStreams(Prepared prepared, SequencedMap<String, MemorySegment> inputs) {
  static CoreStreams of(Rule rule, CoreInputs numbers, Form form) {
    Definition definition = Definition.of(rule);
    Map<String, Argument> arguments = new LinkedHashMap<>();
    List<Axis> mapped = List.of(Axis.of("head", HEADS));
    SequencedMap<String, MemorySegment> inputs = new LinkedHashMap<>();
    definition
        .inputs(numbers)
        .forEach((name, input) -> {
          arguments.put(name, new Argument(mapped, input.sizes(), input.always()));
          if (input.differs()) {
            inputs.put("in." + name, segment(input.values()));
          }
        });
    Prepared prepared =
        Prepared.of(definition.source(), definition.recurrence(), arguments, Map.of(), form);
    return new CoreStreams(prepared, inputs);
  }

  static MemorySegment segment(float[] values) {
    MemorySegment segment =
        Arena.global().allocate((long) values.length * Float.BYTES, NativeTensor.ALIGNMENT);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }
}
