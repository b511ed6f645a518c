package dev.retain.benchmarks.own;

import static dev.retain.benchmarks.work.CoreInputs.HEADS;
import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.engine.BlockSequence;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A retention core, as the models have it. */
final class CoreWork implements Work {
  private final BoundRecurrence recurrence;
  private final BlockSequence sequence;
  private final boolean fromRest;
  private final MemorySegment output;

  private CoreWork(Rule rule, int steps, Form form, int block) {
    this.fromRest = form != Form.RECURRENT;
    CoreStreams core = CoreStreams.of(rule, CoreInputs.of(rule, steps), form);
    this.recurrence = new BoundRecurrence(core.prepared(), form, Math.min(block, steps));
    this.sequence = recurrence.sequence(steps);
    core.inputs().forEach(sequence::read);
    this.output =
        Arena.global().allocate((long) steps * HEADS * VALUE * Float.BYTES, NativeTensor.ALIGNMENT);
    sequence.write(output);
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
    sequence.runOn();
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
