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

/** Runs the stages of a tensor program without states, each worker's part after the other's. */
record StageRunner(ElementType real, int bits, int workers, boolean oneStep) {
  private static final double UNWRITTEN = Double.NaN;

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

  /** Memory of its own for each worker, which a kernel must not expect to find empty. */
  private MemorySegment workspaces(Buffer buffer, Arena arena) {
    double[] values = new double[workers * buffer.axes().getFirst().size()];
    Arrays.fill(values, UNWRITTEN);
    return new Memory(buffer.type(), arena).buffer(values);
  }

  private void run(
      Stage stage, Map<Buffer, MemorySegment> memory, Arena arena, int batch, int time) {
    Lowered lowered = LoopBuilder.lower(stage, new Target(bits, real, oneStep));
    LoopVerifier.verify(lowered.kernel());
    long[] addresses =
        Memory.addresses(
            lowered.buffers().stream()
                .map(buffer -> memory.computeIfAbsent(buffer, b -> workspaces(b, arena)))
                .toArray(MemorySegment[]::new));
    var kernel = Memory.load(lowered.kernel());
    for (int worker : List.of(0, 1, 2).subList(0, workers)) {
      kernel.run(addresses, batch, time, worker, workers);
    }
  }
}
