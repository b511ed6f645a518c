package dev.retain.runtime.engine;

import dev.retain.runtime.memory.AvailableMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.StateDescription;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The states of a batch of sequences, twice: a run reads one side and writes the other, so that a
 * run that fails leaves the states as they were.
 */
public final class StateMemory implements AutoCloseable {
  private final List<StateDescription> descriptions;
  private final Arena arena = Arena.ofShared();
  private final List<Map<String, NativeTensor>> sides;
  private final List<List<NativeTensor>> tensors;
  private int current;

  /**
   * States before the first step, [batch, ...] each.
   *
   * @throws dev.retain.runtime.memory.MemoryException if the memory cannot be had
   */
  public StateMemory(List<StateDescription> descriptions, ElementType type, int batch) {
    this.descriptions = descriptions;
    AvailableMemory.require(
        2 * bytes(descriptions, type, batch), "the state of a batch of " + batch + " sequences");
    this.sides = List.of(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (Map<String, NativeTensor> side : sides) {
      for (StateDescription state : descriptions) {
        side.put(state.path(), NativeTensor.allocate(arena, type, state.shapeAfter(batch)));
      }
    }
    this.tensors = sides.stream().map(side -> List.copyOf(side.values())).toList();
    reset();
  }

  private static long bytes(List<StateDescription> descriptions, ElementType type, int batch) {
    return descriptions.stream()
        .mapToLong(state -> NativeTensor.byteSize(type, state.shapeAfter(batch)))
        .sum();
  }

  /** The states as they are now, by path; valid until the next run. */
  public Map<String, NativeTensor> current() {
    return sides.get(current);
  }

  /** The same in their order, for loops that must take no memory. */
  public List<NativeTensor> tensors() {
    return tensors.get(current);
  }

  /** Gives every state its initial value. */
  public void reset() {
    for (int i = 0; i < descriptions.size(); i++) {
      tensors().get(i).fill(descriptions.get(i).initial());
    }
  }

  int side() {
    return current;
  }

  /** The memory that a run on that side reads, or writes. */
  NativeTensor tensor(String path, int side) {
    NativeTensor tensor = sides.get(side).get(path);
    if (tensor == null) {
      throw new IllegalArgumentException("a program names the unknown state " + path);
    }
    return tensor;
  }

  /** Makes what the last run wrote the current states. */
  void advance() {
    current = 1 - current;
  }

  @Override
  public void close() {
    arena.close();
  }
}
