package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

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
    CoreStreams core = CoreStreams.of(rule, CoreInputs.of(rule, steps), form);
    this.recurrence = new BoundRecurrence(core.prepared(), form, this.block);
    core.inputs()
        .forEach((name, from) -> streams.add(new Stream(name, from, from.byteSize() / steps)));
    this.output =
        Arena.global().allocate((long) steps * HEADS * VALUE * Float.BYTES, NativeTensor.ALIGNMENT);
  }

  /** All steps from rest, in chunks. */
  static CoreWork chunkwise(Rule rule, int steps, int chunk) {
    return new CoreWork(rule, steps, Form.CHUNKWISE, chunk);
  }

  /** One step after another. */
  static CoreWork step(Rule rule) {
    return new CoreWork(rule, 1, Form.RECURRENT, 1);
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
      long stepBytes = (long) HEADS * VALUE * Float.BYTES;
      recurrence.write(output.asSlice(start * stepBytes, length * stepBytes));
      recurrence.run(start, length);
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
