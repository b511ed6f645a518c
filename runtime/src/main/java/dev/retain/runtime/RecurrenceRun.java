package dev.retain.runtime;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BlockSequence;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/** Runs a recurrence by itself, from inputs instead of tokens. */
public final class RecurrenceRun {
  private final ModelDescription description;
  private final Map<String, NativeTensor> weights;
  private final Kernels kernels;
  private final Engine engine;

  /**
   * @param weights constants and parameters by path
   * @param classes the class files of the kernels, by binary name
   */
  public RecurrenceRun(
      ModelDescription description,
      Map<String, NativeTensor> weights,
      Map<String, byte[]> classes,
      Engine engine) {
    this.description = description;
    this.weights = ModelWeights.of(description, weights);
    this.kernels = new Kernels(classes);
    this.engine = engine;
  }

  /**
   * What came out.
   *
   * @param output [batch, time, all elements of one step]
   * @param states after the last step, by path
   */
  public record Result(NativeTensor output, SequencedMap<String, NativeTensor> states) {}

  /**
   * Runs all steps of a batch of sequences.
   *
   * @param form the name of one that was compiled
   * @param chunk steps of a block in the chunkwise form
   * @param inputs by path, [batch, time, ...]
   * @param states before the first step, by path, [batch, ...]; those missing begin as declared
   * @param time at least 1
   */
  public Result run(
      String form,
      int chunk,
      Map<String, NativeTensor> inputs,
      Map<String, NativeTensor> states,
      int batch,
      int time) {
    FormProgram program = description.program(form, false).orElseThrow();
    int whole =
        switch (program.form()) {
          case RECURRENT -> 1;
          case PARALLEL -> time;
          case CHUNKWISE -> chunk;
        };
    int block = Math.min(whole, time);
    ElementType type = description.real();
    BlockLayout layout = new BlockLayout(type, batch, time, block);
    try (StateMemory memory = new StateMemory(description.statesOf(program), type, batch)) {
      states.forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
      Function<String, NativeTensor> stored = weights::get;
      try (BoundProgram bound =
          new BoundProgram(program, engine, kernels, stored, memory, batch, block)) {
        new BlockInputs(bound).writeChunk(whole);
        NativeTensor output = NativeTensor.allocate(Arena.ofAuto(), type, bound.outputShape(time));
        MemorySegment written = layout.roomFor(output);
        BlockSequence sequence = new BlockSequence(bound, time, block);
        layout.byBlock(inputs).forEach(sequence::read);
        sequence.write(written);
        sequence.runOn();
        layout.gather(written, output);
        SequencedMap<String, NativeTensor> after = new LinkedHashMap<>();
        memory.current().forEach((path, tensor) -> after.put(path, tensor.copyOf(Arena.ofAuto())));
        return new Result(output, after);
      }
    }
  }

  /** The same in a derived form. */
  public Result run(
      Form form,
      int chunk,
      Map<String, NativeTensor> inputs,
      Map<String, NativeTensor> states,
      int batch,
      int time) {
    return run(form.text(), chunk, inputs, states, batch, time);
  }
}
