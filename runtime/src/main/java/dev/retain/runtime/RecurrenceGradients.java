package dev.retain.runtime;

import dev.retain.runtime.engine.BlockInputs;
import dev.retain.runtime.engine.BlockSequence;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.training.GradientPrograms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The gradients of a recurrence by itself: of what it is given at each step, of its constants and
 * parameters, and of the states before the first step.
 */
public final class RecurrenceGradients {
  private final ModelDescription description;
  private final GradientPrograms programs;
  private final Map<String, NativeTensor> weights;
  private final Kernels kernels;
  private final Engine engine;

  /**
   * @param programs of one form; what flows back to the output is given for each of its elements
   * @param weights constants and parameters by path
   * @param classes the class files of the kernels, by binary name
   */
  public RecurrenceGradients(
      ModelDescription description,
      GradientPrograms programs,
      Map<String, NativeTensor> weights,
      Map<String, byte[]> classes,
      Engine engine) {
    this.description = description;
    this.programs = programs;
    this.weights = ModelWeights.of(description, weights);
    this.kernels = new Kernels(classes);
    this.engine = engine;
  }

  /**
   * What a batch of sequences is differentiated at.
   *
   * @param inputs by path, [batch, time, ...]
   * @param states before the first step, by path, [batch, ...]; those missing begin as declared
   * @param flowing to the output: [batch, time, ...] with the output's axes as they lie in memory
   * @param flowingToStates to the states after the last step, by path; none to those missing
   */
  public record Point(
      Map<String, NativeTensor> inputs,
      Map<String, NativeTensor> states,
      NativeTensor flowing,
      Map<String, NativeTensor> flowingToStates,
      int batch,
      int time) {}

  /**
   * The gradients by name (see {@link Gradients}): those of inputs [batch, time, ...], of states
   * [batch, ...].
   *
   * @param chunk steps of a block in the chunkwise form
   */
  public SequencedMap<String, NativeTensor> at(Point point, int chunk) {
    int time = point.time();
    int whole =
        switch (programs.forward().form()) {
          case RECURRENT -> 1;
          case PARALLEL -> time;
          case CHUNKWISE -> chunk;
        };
    int block = Math.min(whole, time);
    BlockLayout layout = new BlockLayout(description.real(), point.batch(), time, block);
    SequencedMap<String, NativeTensor> sums = sums(point);
    Map<String, MemorySegment> ofInputs = new LinkedHashMap<>();
    point.inputs().keySet().forEach(name -> ofInputs.put(name, layout.roomFor(sums.get(name))));
    SequencedMap<String, NativeTensor> written = new LinkedHashMap<>(sums);
    ofInputs.forEach((name, segment) ->
        written.put(name, NativeTensor.over(segment, description.real(), sums.get(name).size())));
    try (StateMemory memory = new StateMemory(states(), description.real(), point.batch());
        BoundProgram forward = bind(programs.forward(), written, memory, point, block);
        BoundProgram back = bind(programs.gradient(), written, memory, point, block)) {
      point.states().forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
      new BlockInputs(forward).writeChunk(whole);
      new BlockInputs(back).writeChunk(whole);
      BlockSequence onward = new BlockSequence(forward, time, block);
      BlockSequence backward = new BlockSequence(back, time, block);
      layout
          .byBlock(point.inputs())
          .forEach((name, segment) -> {
            onward.read(name, segment);
            backward.read(name, segment);
          });
      backward.read(Inputs.ADJOINT_OF_OUTPUT, layout.byBlock(point.flowing()));
      ofInputs.forEach(backward::writeGradient);
      Map<String, MemorySegment> flowing = carry(point, memory, onward, backward, block);
      onward.runOn();
      backward.runBack();
      flowing.forEach((path, flows) -> {
        MemorySegment sum = sums.get(Gradients.ofState(path)).segment();
        MemorySegment.copy(flows, 0, sum, 0, sum.byteSize());
      });
    }
    ofInputs.forEach((name, segment) -> layout.gather(segment, sums.get(name)));
    return sums;
  }

  private List<StateDescription> states() {
    return description.statesOf(programs.forward());
  }

  private BoundProgram bind(
      FormProgram program,
      Map<String, NativeTensor> gradients,
      StateMemory memory,
      Point point,
      int block) {
    return new BoundProgram(
        program, engine, kernels, weights::get, gradients::get, memory, point.batch(), block);
  }

  /**
   * Lets both ways find the states at all ends of blocks.
   *
   * @return by state what flows back to it, before the first block and after each
   */
  private static Map<String, MemorySegment> carry(
      Point point, StateMemory memory, BlockSequence onward, BlockSequence backward, int block) {
    Map<String, MemorySegment> flowing = new LinkedHashMap<>();
    int ends = Math.ceilDiv(point.time(), block) + 1;
    memory
        .current()
        .forEach((path, tensor) -> {
          MemorySegment state = tensor.segment();
          MemorySegment kept = ends(ends, state);
          MemorySegment.copy(state, 0, kept, 0, state.byteSize());
          onward.carry(path, kept);
          backward.carry(path, kept);
          MemorySegment flows = ends(ends, state);
          NativeTensor given = point.flowingToStates().get(path);
          if (given != null) {
            MemorySegment last = flows.asSlice(flows.byteSize() - state.byteSize());
            NativeTensor.over(last, tensor.type(), tensor.shape()).copyFrom(given);
          }
          backward.flow(path, flows);
          flowing.put(path, flows);
        });
    return flowing;
  }

  private static MemorySegment ends(int count, MemorySegment state) {
    return Arena.ofAuto().allocate(count * state.byteSize(), NativeTensor.ALIGNMENT);
  }

  private SequencedMap<String, NativeTensor> sums(Point point) {
    ElementType real = description.real();
    SequencedMap<String, NativeTensor> sums = new LinkedHashMap<>();
    point
        .inputs()
        .forEach((name, tensor) ->
            sums.put(name, NativeTensor.allocate(Arena.ofAuto(), real, tensor.shape())));
    weights.forEach((path, tensor) ->
        sums.put(path, NativeTensor.allocate(Arena.ofAuto(), real, tensor.shape())));
    for (StateDescription state : states()) {
      sums.put(
          Gradients.ofState(state.path()),
          NativeTensor.allocate(Arena.ofAuto(), real, state.shapeAfter(point.batch())));
    }
    return sums;
  }
}
