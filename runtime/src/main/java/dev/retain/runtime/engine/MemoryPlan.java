package dev.retain.runtime.engine;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.StepDescription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the buffers that belong to a program alone stand in one piece of memory. Scratch buffers
 * that are never alive at the same time share it.
 *
 * @param offsets in bytes by buffer, multiples of 64; -1 where the memory comes from elsewhere
 * @param bytes of the whole piece
 */
record MemoryPlan(long[] offsets, long bytes) {
  /** A buffer, and the steps in which no other may use its memory. */
  private record Life(int buffer, long bytes, int from, int until) {
    boolean overlaps(Life other) {
      return from < other.until && other.from < until;
    }
  }

  /** The plan for blocks of up to {@code time} steps. */
  static MemoryPlan of(FormProgram program, int batch, int time, int workers) {
    long[] offsets = new long[program.buffers().size()];
    List<Life> scratch = new ArrayList<>();
    long end = 0;
    for (int buffer = 0; buffer < offsets.length; buffer++) {
      BufferDescription description = program.buffers().get(buffer);
      long bytes = bytes(description, batch, time);
      switch (description.role()) {
        case PARAMETER, CONSTANT, STATE, NEXT_STATE, GRADIENT -> offsets[buffer] = -1;
        case INPUT, OUTPUT, STATIC -> {
          offsets[buffer] = end;
          end = plus(end, bytes);
        }
        case WORKSPACE -> {
          offsets[buffer] = end;
          end = plus(end, workspaces(bytes, workers));
        }
        case SCRATCH -> scratch.add(life(program.steps(), buffer, description, bytes));
      }
    }
    return new MemoryPlan(offsets, place(scratch, offsets, end));
  }

  /** A workspace for each worker; there are a thousand workers at most. */
  private static long workspaces(long bytes, int workers) {
    return bytes > Long.MAX_VALUE / workers
        ? Long.MAX_VALUE & -NativeTensor.ALIGNMENT
        : bytes * workers;
  }

  /**
   * Without a barrier between them, one worker may be in a later step while another is still in an
   * earlier one: a buffer is free only from the first barrier after its last step. Between parts
   * there may be none.
   */
  private static Life life(
      List<StepDescription> steps, int buffer, BufferDescription description, long bytes) {
    int until = description.lastStep() + 1;
    while (until < steps.size() && steps.get(until).barrier() != Barrier.ALWAYS) {
      until++;
    }
    return new Life(buffer, bytes, description.firstStep(), until);
  }

  /** First fit, the largest first. */
  private static long place(List<Life> scratch, long[] offsets, long start) {
    List<Life> placed = new ArrayList<>();
    long end = start;
    for (Life life : scratch.stream().sorted(Comparator.comparingLong(l -> -l.bytes())).toList()) {
      List<Life> neighbours =
          placed.stream()
              .filter(life::overlaps)
              .sorted(Comparator.comparingLong(other -> offsets[other.buffer()]))
              .toList();
      long offset = start;
      for (Life other : neighbours) {
        if (plus(offset, life.bytes()) <= offsets[other.buffer()]) {
          break;
        }
        offset = Math.max(offset, plus(offsets[other.buffer()], other.bytes()));
      }
      offsets[life.buffer()] = offset;
      placed.add(life);
      end = Math.max(end, plus(offset, life.bytes()));
    }
    return end;
  }

  /** How far the workspaces of two workers are from each other. */
  static long workspaceBytes(BufferDescription workspace) {
    return bytes(workspace, 1, 1);
  }

  private static long bytes(BufferDescription buffer, int batch, int time) {
    Size size = buffer.size();
    long[] shape =
        size.slice() > 0
            ? new long[] {size.factor(), Math.min((long) batch * time, size.slice())}
            : IntStream.range(0, 1 + size.batchPower() + size.timePower())
                .mapToLong(i -> i == 0 ? size.factor() : i <= size.batchPower() ? batch : time)
                .toArray();
    long bytes = NativeTensor.byteSize(buffer.type(), shape);
    return plus(bytes, NativeTensor.ALIGNMENT - 1) & -NativeTensor.ALIGNMENT;
  }

  /** Stops at the largest multiple of 64, which no machine has either. */
  private static long plus(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE & -NativeTensor.ALIGNMENT : a + b;
  }
}
