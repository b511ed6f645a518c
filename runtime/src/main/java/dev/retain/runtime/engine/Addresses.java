package dev.retain.runtime.engine;

import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Slices;
import java.util.List;

/**
 * What kernels are given. Each worker has a workspace of its own, one beside the other; steps that
 * take the positions slice by slice have addresses for each slice.
 */
final class Addresses {
  /** Where buffers begin. */
  interface Places {
    /**
     * @param readSide the side that states are read from
     */
    long of(int buffer, int readSide);
  }

  private final FormProgram program;

  /** By worker, by the side that states are read from, by slice, by step. */
  private final long[][][][][] addresses;

  /**
   * @param capacity the most steps of a block
   */
  Addresses(FormProgram program, int batch, int capacity, int workers, Places places) {
    this.program = program;
    int slices =
        program.slices().stream().mapToInt(all -> all.count(batch, capacity)).max().orElse(1);
    this.addresses = new long[workers][2][slices][program.steps().size()][];
    for (long[][][][] ofWorker : addresses) {
      for (long[][][] ofSide : ofWorker) {
        for (int step = 0; step < program.steps().size(); step++) {
          int own = positions(step) == 0 ? 1 : slices;
          for (int slice = 0; slice < own; slice++) {
            ofSide[slice][step] = new long[program.steps().get(step).buffers().size()];
          }
        }
      }
    }
    for (int buffer = 0; buffer < program.buffers().size(); buffer++) {
      place(buffer, 0, places.of(buffer, 0));
      place(buffer, 1, places.of(buffer, 1));
    }
  }

  /** By step: what its kernel is given. Steps that take all positions are in slice 0 alone. */
  long[][] of(int worker, int readSide, int slice) {
    return addresses[worker][readSide][slice];
  }

  /** Moves a buffer to another place. */
  void place(Role role, String name, long address) {
    for (int buffer = 0; buffer < program.buffers().size(); buffer++) {
      BufferDescription description = program.buffers().get(buffer);
      if (description.role() == role && description.name().equals(name)) {
        place(buffer, 0, address);
        place(buffer, 1, address);
      }
    }
  }

  private void place(int buffer, int side, long address) {
    BufferDescription description = program.buffers().get(buffer);
    long apart = description.role() == Role.WORKSPACE ? MemoryPlan.workspaceBytes(description) : 0;
    for (int step = 0; step < program.steps().size(); step++) {
      List<Integer> buffers = program.steps().get(step).buffers();
      for (int i = 0; i < buffers.size(); i++) {
        if (buffers.get(i) == buffer) {
          place(side, step, i, address, apart, sliceBytes(step, description));
        }
      }
    }
  }

  private void place(int side, int step, int i, long address, long apart, long sliceBytes) {
    for (int worker = 0; worker < addresses.length; worker++) {
      long[][][] ofSide = addresses[worker][side];
      for (int slice = 0; slice < ofSide.length; slice++) {
        if (ofSide[slice][step] != null) {
          ofSide[slice][step][i] = address + worker * apart + slice * sliceBytes;
        }
      }
    }
  }

  /** How far it is from one slice to the next, in a buffer that has all of them. */
  private long sliceBytes(int step, BufferDescription buffer) {
    boolean hasAll = buffer.size().isByPositions() && buffer.size().slice() == 0;
    return hasAll ? buffer.size().factor() * buffer.type().bytes() * positions(step) : 0;
  }

  /** Of the slices that the step takes; 0 if it takes all positions at once. */
  private int positions(int step) {
    return program.slices().stream()
        .filter(sliced -> sliced.contains(step))
        .mapToInt(Slices::positions)
        .findFirst()
        .orElse(0);
  }
}
