package dev.retain.runtime;

import dev.retain.runtime.engine.BlockInputs;
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
    FormProgram forward = programs.forward();
    int time = point.time();
    int whole =
        switch (forward.form()) {
          case RECURRENT -> 1;
          case PARALLEL -> time;
          case CHUNKWISE -> chunk;
        };
    int block = Math.min(whole, time);
    int blocks = Math.ceilDiv(time, block);
    try (Arena arena = Arena.ofConfined();
        StateMemory memory = new StateMemory(states(), description.real(), point.batch())) {
      point.states().forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
      List<Map<String, NativeTensor>> before = new ArrayList<>();
      try (BoundProgram bound =
          new BoundProgram(forward, engine, kernels, weights::get, memory, point.batch(), block)) {
        new BlockInputs(bound).writeChunk(whole);
        for (int i = 0; i < blocks; i++) {
          Map<String, NativeTensor> kept = new LinkedHashMap<>();
          memory.current().forEach((path, tensor) -> kept.put(path, tensor.copyOf(arena)));
          before.add(kept);
          int length = Math.min(block, time - i * block);
          StepCopies.writeInputs(bound, point.inputs(), point.batch(), time, i * block, length);
          bound.run(length);
        }
      }
      return back(point, memory, before, block, whole);
    }
  }

  private List<StateDescription> states() {
    return description.statesOf(programs.forward());
  }

  private SequencedMap<String, NativeTensor> back(
      Point point,
      StateMemory memory,
      List<Map<String, NativeTensor>> before,
      int block,
      int whole) {
    int batch = point.batch();
    SequencedMap<String, NativeTensor> sums = sums(point);
    SequencedMap<String, NativeTensor> ofBlock = new LinkedHashMap<>();
    sums.forEach((name, sum) ->
        ofBlock.put(name, point.inputs().containsKey(name) ? steps(sum, batch, block) : sum));
    try (BoundProgram bound =
        new BoundProgram(
            programs.gradient(),
            engine,
            kernels,
            weights::get,
            ofBlock::get,
            memory,
            batch,
            block)) {
      new BlockInputs(bound).writeChunk(whole);
      Map<String, NativeTensor> flowing = Map.of(Inputs.ADJOINT_OF_OUTPUT, point.flowing());
      for (int i = before.size() - 1; i >= 0; i--) {
        int start = i * block;
        int length = Math.min(block, point.time() - start);
        before.get(i).forEach((path, tensor) -> memory.current().get(path).copyFrom(tensor));
        StepCopies.writeInputs(bound, point.inputs(), batch, point.time(), start, length);
        StepCopies.writeInputs(bound, flowing, batch, point.time(), start, length);
        boolean last = i == before.size() - 1;
        flowBackToStates(bound, last ? point.flowingToStates() : Map.of(), sums);
        point.inputs().keySet().forEach(name -> ofBlock.get(name).fill(0));
        bound.run(length);
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
    return sums;
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
