package dev.retain.runtime.engine;

import dev.retain.runtime.kernel.NativeMemory;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.StepDescription;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Whether all is finite that a step of a program has written; what it reads was before. */
final class FiniteCheck {
  private final FormProgram program;
  private final int batch;
  private final int time;

  FiniteCheck(FormProgram program, int batch, int time) {
    this.program = program;
    this.batch = batch;
    this.time = time;
  }

  /**
   * @param addresses of the buffers that the step names
   * @param run of which slice, if the step takes the positions in slices
   */
  boolean isFinite(StepDescription step, long[] addresses, Schedule.Run run) {
    List<Integer> buffers = step.buffers();
    for (int i = 0; i < buffers.size(); i++) {
      BufferDescription buffer = program.buffers().get(buffers.get(i));
      boolean mayBeWritten =
          switch (buffer.role()) {
            case SCRATCH, STATIC, OUTPUT, NEXT_STATE, GRADIENT -> true;
            case PARAMETER, CONSTANT, INPUT, STATE, WORKSPACE -> false;
          };
      if (mayBeWritten && !isFinite(buffer, addresses[i], run)) {
        return false;
      }
    }
    return true;
  }

  private boolean isFinite(BufferDescription buffer, long address, Schedule.Run run) {
    boolean ofSlice = run.positions() > 0 && buffer.size().isByPositions();
    long elements =
        ofSlice
            ? buffer.size().factor() * run.positions(batch, time)
            : buffer.size().elements(batch, time);
    MemorySegment segment = NativeMemory.ALL.asSlice(address, elements * buffer.type().bytes());
    for (long i = 0; i < elements; i++) {
      boolean finite =
          switch (buffer.type()) {
            case F32 -> Float.isFinite(segment.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            case F64 -> Double.isFinite(segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
            case I64, I8 -> true;
            case BF16 -> throw new IllegalStateException("written as " + buffer.type());
          };
      if (!finite) {
        return false;
      }
    }
    return true;
  }
}
