package dev.retain.runtime.engine;

import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Slices;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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

  private Place[] placed = new Place[0];

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

  /**
   * Lets a worker find what was put elsewhere where it is in another block: blocks lie behind each
   * other. Takes no memory.
   *
   * @param block counted from the one whose place was given; below 0 for those before it
   */
  void moveTo(long block, int worker, int batch, int steps) {
    for (Place place : placed) {
      place.moveTo(worker, block * place.blockBytes(batch, steps));
    }
  }

  /**
   * A buffer that can be put elsewhere.
   *
   * @return empty if the program has none of the name
   */
  Optional<Place> place(Role role, String name) {
    return IntStream.range(0, program.buffers().size())
        .filter(buffer -> isCalled(program.buffers().get(buffer), role, name))
        .mapToObj(this::newPlace)
        .findFirst();
  }

  private static boolean isCalled(BufferDescription buffer, Role role, String name) {
    return buffer.role() == role && buffer.name().equals(name);
  }

  private Place newPlace(int buffer) {
    Place place = new Place(buffer);
    placed = Arrays.copyOf(placed, placed.length + 1);
    placed[placed.length - 1] = place;
    return place;
  }

  /** Where kernels find a buffer. */
  final class Place {
    private final BufferDescription buffer;

    /** Each a step, which of its arguments, and how far it is there from one slice to the next. */
    private final long[][] uses;

    /** Kernels know it by its address alone: it must not be given back while they run. */
    private MemorySegment held;

    private Place(int number) {
      this.buffer = program.buffers().get(number);
      this.uses =
          IntStream.range(0, program.steps().size())
              .boxed()
              .flatMap(step ->
                  IntStream.range(0, program.steps().get(step).buffers().size())
                      .filter(i -> program.steps().get(step).buffers().get(i) == number)
                      .mapToObj(i -> new long[] {step, i, sliceBytes(step, buffer)}))
              .toArray(long[][]::new);
    }

    /** What was put there last. */
    MemorySegment held() {
      return held;
    }

    /** Takes no memory. */
    void put(MemorySegment segment) {
      held = segment;
      for (int worker = 0; worker < addresses.length; worker++) {
        moveTo(worker, 0);
      }
    }

    private long blockBytes(int batch, int steps) {
      return buffer.size().elements(batch, steps) * buffer.type().bytes();
    }

    private void moveTo(int worker, long offset) {
      for (long[] use : uses) {
        place(worker, 0, (int) use[0], (int) use[1], held.address() + offset, use[2]);
        place(worker, 1, (int) use[0], (int) use[1], held.address() + offset, use[2]);
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
          for (int worker = 0; worker < addresses.length; worker++) {
            long own = address + worker * apart;
            place(worker, side, step, i, own, sliceBytes(step, description));
          }
        }
      }
    }
  }

  private void place(int worker, int side, int step, int i, long address, long sliceBytes) {
    long[][][] ofSide = addresses[worker][side];
    for (int slice = 0; slice < ofSide.length; slice++) {
      if (ofSide[slice][step] != null) {
        ofSide[slice][step][i] = address + slice * sliceBytes;
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
