package dev.retain.compiler.bytecode;

import dev.retain.compiler.decays.RangeProducts;
import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Fuser;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.fusion.StageVerifier;
import dev.retain.compiler.loops.LoopBuilder;
import dev.retain.compiler.loops.LoopVerifier;
import dev.retain.compiler.loops.Lowered;
import dev.retain.compiler.loops.Target;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the stages of a tensor program without states, each worker's share after the other's; with
 * one worker, those that have parts part by part.
 */
record StageRunner(ElementType real, int bits, int workers, boolean oneStep, Tiling tiling) {
  private static final double UNWRITTEN = Double.NaN;

  /** With the tiles that are taken without a search. */
  StageRunner(ElementType real, int bits, int workers, boolean oneStep) {
    this(real, bits, workers, oneStep, Tiling.usual(bits));
  }

  /** Of a program of blocks of steps. */
  StageRunner(ElementType real, int bits, int workers) {
    this(real, bits, workers, false);
  }

  /** The output of the program for the given parameters and inputs. */
  double[] run(TensorProgram program, Map<String, double[]> given, int batch, int time) {
    StageProgram stages = Fuser.fuse(RangeProducts.remove(program, real), real, Map.of());
    StageVerifier.verify(stages);
    try (Arena arena = Arena.ofConfined()) {
      Map<Buffer, MemorySegment> memory = new HashMap<>();
      for (Buffer buffer : stages.buffers()) {
        double[] values =
            buffer.role() == Role.PARAMETER || buffer.role() == Role.INPUT
                ? given.get(buffer.name())
                : unwritten(buffer, batch, time);
        memory.put(buffer, new Memory(buffer.type(), arena).buffer(values));
      }
      stages.once().forEach(stage -> run(stage, memory, arena, batch, time));
      stages.stages().forEach(stage -> run(stage, memory, arena, batch, time));
      Buffer output =
          stages.buffers().stream().filter(b -> b.role() == Role.OUTPUT).findFirst().orElseThrow();
      return new Memory(output.type(), arena).values(memory.get(output));
    }
  }

  private static double[] unwritten(Buffer buffer, int batch, int time) {
    int size = 1;
    for (Axis axis : buffer.axes()) {
      size *=
          switch (axis.extent()) {
            case Extent.Fixed(int fixed) -> fixed;
            case Extent.Symbol.BATCH -> batch;
            case Extent.Symbol.TIME -> time;
          };
    }
    double[] values = new double[size];
    Arrays.fill(values, UNWRITTEN);
    return values;
  }

  /** Memory that a kernel must not expect to find empty. */
  private static MemorySegment workspace(Buffer buffer, Arena arena) {
    double[] values = new double[buffer.axes().getFirst().size()];
    Arrays.fill(values, UNWRITTEN);
    return new Memory(buffer.type(), arena).buffer(values);
  }

  /** Runs a part of a stage: the share of that number among so many. */
  private interface Shares {
    void run(int share, int shares);
  }

  private void run(
      Stage stage, Map<Buffer, MemorySegment> memory, Arena arena, int batch, int time) {
    switch (stage) {
      case Stage.OneKernel one -> byWorkers(shares(one, List.of(), memory, arena, batch, time));
      case Stage.Parts(List<Axis> parts, List<Stage.OneKernel> members) -> {
        List<Shares> all =
            members.stream()
                .map(member -> shares(member, parts, memory, arena, batch, time))
                .toList();
        if (workers == 1) {
          int count =
              batch
                  * parts.stream()
                      .filter(Axis::isFixed)
                      .mapToInt(Axis::size)
                      .reduce(1, (a, b) -> a * b);
          for (int part = 0; part < count; part++) {
            for (Shares member : all) {
              member.run(part, count);
            }
          }
        } else {
          all.forEach(this::byWorkers);
        }
      }
      // There is memory for all positions here.
      case Stage.Slices slices ->
          slices.members().forEach(member -> run(member, memory, arena, batch, time));
    }
  }

  private void byWorkers(Shares shares) {
    for (int worker = 0; worker < workers; worker++) {
      shares.run(worker, workers);
    }
  }

  private Shares shares(
      Stage.OneKernel stage,
      List<Axis> parts,
      Map<Buffer, MemorySegment> memory,
      Arena arena,
      int batch,
      int time) {
    Lowered lowered = LoopBuilder.lower(stage, parts, new Target(bits, real, oneStep, tiling));
    LoopVerifier.verify(lowered.kernel());
    long[] addresses =
        Memory.addresses(
            lowered.buffers().stream()
                .map(buffer -> memory.computeIfAbsent(buffer, b -> workspace(b, arena)))
                .toArray(MemorySegment[]::new));
    var kernel = Memory.load(lowered.kernel());
    return (share, shares) -> kernel.run(addresses, batch, time, share, shares);
  }
}
