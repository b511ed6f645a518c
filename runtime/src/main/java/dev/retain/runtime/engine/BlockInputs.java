package dev.retain.runtime.engine;

import dev.retain.runtime.program.Inputs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes what a program is told about each block. In a program without some input, its segment is
 * empty and nothing is written.
 */
public final class BlockInputs {
  private final MemorySegment token;
  private final MemorySegment position;
  private final MemorySegment clock;
  private final MemorySegment segment;
  private final MemorySegment valid;
  private final MemorySegment clockEnd;
  private final MemorySegment segmentEnd;
  private final MemorySegment chunk;

  /** Of one program. */
  public BlockInputs(BoundProgram program) {
    this.token = input(program, Inputs.TOKEN);
    this.position = input(program, Inputs.POSITION);
    this.clock = input(program, Inputs.CLOCK);
    this.segment = input(program, Inputs.SEGMENT);
    this.valid = input(program, Inputs.VALID);
    this.clockEnd = input(program, Inputs.CLOCK_END);
    this.segmentEnd = input(program, Inputs.SEGMENT_END);
    this.chunk = input(program, Inputs.CHUNK);
  }

  private static MemorySegment input(BoundProgram program, String name) {
    return program.input(name).orElse(MemorySegment.NULL);
  }

  /** Writes some steps of [batch][time]. */
  public void writeTokens(int[][] tokens, int start, int length) {
    if (token.byteSize() == 0) {
      return;
    }
    int flat = 0;
    for (int[] row : tokens) {
      for (int step = start; step < start + length; step++) {
        token.setAtIndex(ValueLayout.JAVA_LONG, flat++, row[step]);
      }
    }
  }

  /** Writes how many steps a whole block has. */
  public void writeChunk(int steps) {
    write(chunk, 0, steps);
  }

  /** Writes how many valid steps each sequence has made before the block. */
  public void writePositions(long[] positions) {
    for (int row = 0; row < positions.length; row++) {
      write(position, row, positions[row]);
    }
  }

  /**
   * Writes the clocks and segments of one sequence.
   *
   * @param mask of the sequence, or null if every step is valid
   * @param resets of the sequence, or null if there are none
   * @return how many steps are valid
   */
  public int writeRagged(int row, boolean[] mask, boolean[] resets, int start, int length) {
    int steps = 0;
    int segments = 0;
    for (int step = 0; step < length; step++) {
      boolean isValid = mask == null || mask[start + step];
      steps += isValid ? 1 : 0;
      segments += resets != null && resets[start + step] ? 1 : 0;
      int flat = row * length + step;
      write(clock, flat, steps);
      write(segment, flat, segments);
      write(valid, flat, isValid ? 1 : 0);
    }
    write(clockEnd, row, steps);
    write(segmentEnd, row, segments);
    return steps;
  }

  private static void write(MemorySegment input, int index, double value) {
    if (input.byteSize() > 0) {
      input.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
    }
  }
}
