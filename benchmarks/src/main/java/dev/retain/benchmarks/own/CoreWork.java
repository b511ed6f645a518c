package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A retention core, as the models have it. */
final class CoreWork implements Work {
  /**
   * What the recurrence reads.
   *
   * @param from all steps
   */
  private record Stream(String name, MemorySegment from, long stepBytes) {}

  private final BoundRecurrence recurrence;
  private final boolean fromRest;
  private final int steps;
  private final int block;
  private final List<Stream> streams = new ArrayList<>();
  private final MemorySegment output;

  private CoreWork(Rule rule, int steps, Form form, int block) {
    this.fromRest = form != Form.RECURRENT;
    this.steps = steps;
    this.block = Math.min(block, steps);
    CoreInputs inputs = CoreInputs.of(rule, steps);
    Definition definition = Definition.of(rule);
    Map<String, Argument> arguments = new LinkedHashMap<>();
    List<Axis> mapped = List.of(Axis.of("head", HEADS));
    definition
        .inputs(inputs)
        .forEach((name, input) ->
            arguments.put(name, new Argument(mapped, input.sizes(), input.always())));
    this.recurrence =
        new BoundRecurrence(
            definition.source(), definition.recurrence(), arguments, Map.of(), form, this.block);
    definition.inputs(inputs).forEach(this::addStream);
    this.output =
        Arena.global().allocate((long) steps * HEADS * VALUE * Float.BYTES, Float.BYTES * 16);
  }

  /** All steps from rest, in chunks. */
  static CoreWork chunkwise(Rule rule, int steps, int chunk) {
    return new CoreWork(rule, steps, Form.CHUNKWISE, chunk);
  }

  /** One step after another. */
  static CoreWork step(Rule rule) {
    return new CoreWork(rule, 1, Form.RECURRENT, 1);
  }

  private void addStream(String name, Definition.Input input) {
    if (!input.differs()) {
      return;
    }
    float[] values = input.values();
    MemorySegment from =
        Arena.global().allocate((long) values.length * Float.BYTES, Float.BYTES * 16);
    MemorySegment.copy(values, 0, from, ValueLayout.JAVA_FLOAT, 0, values.length);
    streams.add(new Stream("in." + name, from, from.byteSize() / steps));
  }

  @Override
  public void run() {
    if (fromRest) {
      recurrence.reset();
    }
    for (int start = 0; start < steps; start += block) {
      int length = Math.min(block, steps - start);
      for (Stream stream : streams) {
        long bytes = stream.stepBytes;
        recurrence.read(stream.name, stream.from.asSlice(start * bytes, length * bytes));
      }
      NativeTensor part = recurrence.run(start, length);
      long stepBytes = (long) HEADS * VALUE * Float.BYTES;
      MemorySegment.copy(part.segment(), 0, output, start * stepBytes, length * stepBytes);
    }
  }

  /** Of all steps from rest; what a step gives depends on how many there were. */
  @Override
  public double[] sample() {
    return fromRest ? Work.samples(output.toArray(ValueLayout.JAVA_FLOAT)) : new double[0];
  }

  /** What a step reads and writes: the state, twice. */
  @Override
  public double amount() {
    return fromRest ? 0 : 2.0 * HEADS * KEY * VALUE * Float.BYTES;
  }

  @Override
  public void close() {
    recurrence.close();
  }
}
