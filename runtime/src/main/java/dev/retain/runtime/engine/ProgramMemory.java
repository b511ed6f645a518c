package dev.retain.runtime.engine;

import dev.retain.runtime.memory.AvailableMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The memory that a program has for itself, and where kernels find that and all other: weights,
 * states, and what was put elsewhere.
 */
final class ProgramMemory implements AutoCloseable {
  private static final long CHECKED_FROM = 64L << 20;

  private final FormProgram program;
  private final int batch;
  private final int capacity;
  private final Arena arena = Arena.ofShared();
  private final MemoryPlan plan;
  private final MemorySegment own;
  private final Addresses addresses;

  /** What kernels know by its address alone: it must not be given back while they run. */
  private final Set<NativeTensor> held = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Of what was ever put elsewhere, by name. */
  private final Map<Role, Map<String, Optional<Addresses.Place>>> places =
      new EnumMap<>(Role.class);

  /**
   * @param capacity the most steps of a block
   * @param weights the memory of parameters and constants, by path
   * @param gradients the memory of each gradient, by its name
   * @throws dev.retain.runtime.memory.MemoryException if the memory cannot be had
   */
  ProgramMemory(
      FormProgram program,
      int batch,
      int capacity,
      int workers,
      Function<String, NativeTensor> weights,
      Function<String, NativeTensor> gradients,
      StateMemory states) {
    this.program = program;
    this.batch = batch;
    this.capacity = capacity;
    this.plan = MemoryPlan.of(program, batch, capacity, workers);
    this.own = allocate();
    this.addresses =
        new Addresses(
            program,
            batch,
            capacity,
            workers,
            (buffer, readSide) -> address(buffer, weights, gradients, states, readSide));
  }

  private MemorySegment allocate() {
    if (plan.bytes() >= CHECKED_FROM) {
      AvailableMemory.require(
          plan.bytes(),
          "a block of " + capacity + " steps in the " + program.name() + " form, batch " + batch);
    }
    long words = plan.bytes() / ElementType.I64.bytes();
    return NativeTensor.allocate(arena, ElementType.I64, words).segment();
  }

  private long address(
      int buffer,
      Function<String, NativeTensor> weights,
      Function<String, NativeTensor> gradients,
      StateMemory states,
      int readSide) {
    BufferDescription description = program.buffers().get(buffer);
    return switch (description.role()) {
      case PARAMETER, CONSTANT -> held(weights.apply(description.name()));
      case GRADIENT -> held(gradients.apply(description.name()));
      case STATE -> states.tensor(description.name(), readSide).address();
      case NEXT_STATE -> states.tensor(description.name(), 1 - readSide).address();
      case INPUT, OUTPUT, SCRATCH, STATIC, WORKSPACE -> own.address() + plan.offsets()[buffer];
    };
  }

  private long held(NativeTensor tensor) {
    held.add(tensor);
    return tensor.address();
  }

  /** Bytes that the program has for itself. */
  long bytes() {
    return plan.bytes();
  }

  /** What kernels are given. */
  Addresses addresses() {
    return addresses;
  }

  /** The own memory of an input, for blocks of all sizes; empty if the program has none such. */
  Optional<MemorySegment> input(String name) {
    for (int buffer = 0; buffer < program.buffers().size(); buffer++) {
      BufferDescription description = program.buffers().get(buffer);
      if (description.role() == Role.INPUT && description.name().equals(name)) {
        return Optional.of(own(buffer, capacity));
      }
    }
    return Optional.empty();
  }

  /** The own memory of a buffer, as far as blocks of so many steps fill it. */
  MemorySegment own(int buffer, int steps) {
    BufferDescription description = program.buffers().get(buffer);
    long bytes = description.size().elements(batch, steps) * description.type().bytes();
    return own.asSlice(plan.offsets()[buffer], bytes);
  }

  /** Lets kernels find a buffer elsewhere. Takes memory only the first time. */
  void place(Role role, String name, MemorySegment segment) {
    Map<String, Optional<Addresses.Place>> ofRole = places.get(role);
    if (ofRole == null) {
      ofRole = new HashMap<>();
      places.put(role, ofRole);
    }
    Optional<Addresses.Place> place = ofRole.get(name);
    if (place == null) {
      place = addresses.place(role, name);
      ofRole.put(name, place);
    }
    if (place.isPresent()) {
      place.get().put(segment);
    }
  }

  /** Where a buffer was put last; empty if it is in the program's own memory. */
  Optional<MemorySegment> placed(Role role, String name) {
    return places
        .getOrDefault(role, Map.of())
        .getOrDefault(name, Optional.empty())
        .map(Addresses.Place::held);
  }

  @Override
  public void close() {
    arena.close();
  }
}
