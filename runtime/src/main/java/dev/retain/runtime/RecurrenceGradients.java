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
import java.util.ArrayList;
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
      int time) {
    /** The same with all that is read step by step in the given type. */
    private Point in(ElementType type) {
      return new Point(
          StepCopies.in(type, inputs),
          states,
          StepCopies.in(type, flowing),
          flowingToStates,
          batch,
          time);
    }
  }

  /**
   * The gradients by name (see {@link Gradients}): those of inputs [batch, time, ...], of states
   * [batch, ...].
   *
   * @param chunk steps of a block in the chunkwise form
   */
  public SequencedMap<String, NativeTensor> at(Point point, int chunk) {
    return back(point.in(description.real()), chunk);
  }

  private SequencedMap<String, NativeTensor> back(Point point, int chunk) {
    int time = point.time();
    int whole =
        switch (programs.forward().form()) {
          case RECURRENT -> 1;
          case PARALLEL -> time;
          case CHUNKWISE -> chunk;
        };
    int block = Math.min(whole, time);
    SequencedMap<String, NativeTensor> sums = sums(point);
    SequencedMap<String, NativeTensor> ofBlock = new LinkedHashMap<>();
    sums.forEach((name, sum) ->
        ofBlock.put(
            name, point.inputs().containsKey(name) ? steps(sum, point.batch(), block) : sum));
    try (StateMemory memory = new StateMemory(states(), description.real(), point.batch());
        BoundProgram forward = bind(programs.forward(), ofBlock, memory, point, block);
        BoundProgram back = bind(programs.gradient(), ofBlock, memory, point, block)) {
      point.states().forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
      new BlockInputs(forward).writeChunk(whole);
      new BlockInputs(back).writeChunk(whole);
      if (point.batch() == 1) {
        backOfOne(point, memory, forward, back, sums);
      } else {
        backOfMany(point, memory, forward, back, sums, ofBlock);
      }
    }
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

  /** All steps of one sequence lie behind each other: nothing is copied. */
  private void backOfOne(
      Point point,
      StateMemory memory,
      BoundProgram forward,
      BoundProgram back,
      SequencedMap<String, NativeTensor> sums) {
    BlockSequence onward = new BlockSequence(forward, point.time(), forward.capacity());
    BlockSequence backward = new BlockSequence(back, point.time(), back.capacity());
    point
        .inputs()
        .forEach((name, tensor) -> {
          onward.read(name, tensor.segment());
          backward.read(name, tensor.segment());
          backward.writeGradient(name, sums.get(name).segment());
        });
    backward.read(Inputs.ADJOINT_OF_OUTPUT, point.flowing().segment());
    Map<String, MemorySegment> flowing = new LinkedHashMap<>();
    int ends = Math.ceilDiv(point.time(), forward.capacity()) + 1;
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
            NativeTensor last =
                NativeTensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape());
            last.copyFrom(given);
            MemorySegment.copy(
                last.segment(), 0, flows, flows.byteSize() - state.byteSize(), state.byteSize());
          }
          backward.flow(path, flows);
          flowing.put(path, flows);
        });
    onward.runOn();
    backward.runBack();
    flowing.forEach((path, flows) -> {
      MemorySegment sum = sums.get(Gradients.ofState(path)).segment();
      MemorySegment.copy(flows, 0, sum, 0, sum.byteSize());
    });
  }

  private static MemorySegment ends(int count, MemorySegment state) {
    return Arena.ofAuto().allocate(count * state.byteSize(), NativeTensor.ALIGNMENT);
  }

  private void backOfMany(
      Point point,
      StateMemory memory,
      BoundProgram forward,
      BoundProgram back,
      SequencedMap<String, NativeTensor> sums,
      SequencedMap<String, NativeTensor> ofBlock) {
    int batch = point.batch();
    int block = forward.capacity();
    List<Map<String, NativeTensor>> before = new ArrayList<>();
    for (int start = 0; start < point.time(); start += block) {
      Map<String, NativeTensor> kept = new LinkedHashMap<>();
      memory.current().forEach((path, tensor) -> kept.put(path, tensor.copyOf(Arena.ofAuto())));
      before.add(kept);
      int length = Math.min(block, point.time() - start);
      StepCopies.writeInputs(forward, point.inputs(), batch, point.time(), start, length);
      forward.run(length);
    }
    Map<String, NativeTensor> flowing = Map.of(Inputs.ADJOINT_OF_OUTPUT, point.flowing());
    for (int i = before.size() - 1; i >= 0; i--) {
      int start = i * block;
      int length = Math.min(block, point.time() - start);
      before.get(i).forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
      StepCopies.writeInputs(back, point.inputs(), batch, point.time(), start, length);
      StepCopies.writeInputs(back, flowing, batch, point.time(), start, length);
      boolean last = i == before.size() - 1;
      flowBackToStates(back, last ? point.flowingToStates() : Map.of(), sums);
      back.run(length);
      for (String name : point.inputs().keySet()) {
        StepCopies.copy(
            ofBlock.get(name).segment().asSlice(0, bytes(ofBlock.get(name), block, length)),
            length,
            0,
            sums.get(name).segment(),
            point.time(),
            start,
            length,
            batch);
      }
    }
  }

  private static long bytes(NativeTensor ofBlock, int block, int length) {
    return ofBlock.segment().byteSize() / block * length;
  }

  /** What flowed back to the states before a block flows on to those after the one before it. */
  private void flowBackToStates(
      BoundProgram bound,
      Map<String, NativeTensor> toLast,
      SequencedMap<String, NativeTensor> sums) {
    for (StateDescription state : states()) {
      NativeTensor sum = sums.get(Gradients.ofState(state.path()));
      NativeTensor given = toLast.get(state.path());
      if (given != null) {
        sum.copyFrom(given);
      }
      MemorySegment segment = sum.segment();
      bound
          .input(Inputs.adjointOf(state.path()))
          .ifPresent(input -> MemorySegment.copy(segment, 0, input, 0, segment.byteSize()));
      sum.fill(0);
    }
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

  private static NativeTensor steps(NativeTensor whole, int batch, int block) {
    long[] shape = whole.shape();
    shape[1] = block;
    return NativeTensor.allocate(Arena.ofAuto(), whole.type(), shape);
  }
}
