package dev.retain.runtime;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsFile.NonFinite;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that a batch of sequences carries from one step to the next: a copy, apart from any session.
 * A session restored from it goes on exactly as the one it was taken from, in any form.
 */
public final class State {
  /** The name of the positions among the tensors of a file: I64, [batch]. */
  static final String POSITION = "position";

  private static final String FORMAT_KEY = "format";
  private static final String MODEL_KEY = "model";
  private static final String FORMAT = "retain-state-1";

  private final String model;
  private final long[] positions;
  private final SequencedMap<String, NativeTensor> tensors;

  /** Takes the tensors as they are. */
  State(String model, long[] positions, SequencedMap<String, NativeTensor> tensors) {
    this.model = model;
    this.positions = positions.clone();
    this.tensors = tensors;
  }

  /** The name of the model that it belongs to. */
  public String model() {
    return model;
  }

  /** How many sequences it has. */
  public int batch() {
    return positions.length;
  }

  /** How many valid steps each sequence has made. A copy. */
  public long[] positions() {
    return positions.clone();
  }

  /** The tensors by path, [batch, ...] each. */
  public Map<String, NativeTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The tensor of a path, [batch, ...], as an array on this state's memory. */
  public INDArray array(String path) {
    NativeTensor tensor = tensors.get(path);
    if (tensor == null) {
      throw new ModelException(
          "there is no state '" + path + "'; the states are " + tensors.keySet());
    }
    return tensor.array();
  }

  /**
   * One state of the sequences of several, in their order.
   *
   * @throws ModelException if they are not of one model
   */
  public static State of(List<State> states) {
    State first = states.getFirst();
    states.forEach(state -> state.requireLike(first));
    long[] positions = states.stream().flatMapToLong(s -> Arrays.stream(s.positions)).toArray();
    SequencedMap<String, NativeTensor> stacked = new LinkedHashMap<>();
    for (Map.Entry<String, NativeTensor> entry : first.tensors.entrySet()) {
      NativeTensor stack = allocate(entry.getValue(), positions.length);
      long offset = 0;
      for (State state : states) {
        MemorySegment part = state.tensors.get(entry.getKey()).segment();
        MemorySegment.copy(part, 0, stack.segment(), offset, part.byteSize());
        offset += part.byteSize();
      }
      stacked.put(entry.getKey(), stack);
    }
    return new State(first.model, positions, stacked);
  }

  private void requireLike(State other) {
    boolean like = model.equals(other.model) && tensors.keySet().equals(other.tensors.keySet());
    for (Map.Entry<String, NativeTensor> entry : other.tensors.entrySet()) {
      NativeTensor own = tensors.get(entry.getKey());
      like &= own != null && own.type() == entry.getValue().type();
      like &= own != null && Arrays.equals(inner(own), inner(entry.getValue()));
    }
    if (!like) {
      throw new ModelException(
          "states of different models cannot be put together: " + this + " and " + other);
    }
  }

  /** The state of one sequence, from 0, as a batch of 1. */
  public State slice(int sequence) {
    if (sequence < 0 || sequence >= batch()) {
      throw new RetainException(
          "there is no sequence " + sequence + " in a batch of " + batch() + "; they start at 0");
    }
    SequencedMap<String, NativeTensor> slices = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> {
      NativeTensor slice = allocate(tensor, 1);
      long bytes = slice.segment().byteSize();
      MemorySegment.copy(tensor.segment(), sequence * bytes, slice.segment(), 0, bytes);
      slices.put(path, slice);
    });
    return new State(model, new long[] {positions[sequence]}, slices);
  }

  private static NativeTensor allocate(NativeTensor like, int batch) {
    long[] shape = like.shape();
    shape[0] = batch;
    return NativeTensor.allocate(Arena.ofAuto(), like.type(), shape);
  }

  private static long[] inner(NativeTensor tensor) {
    return Arrays.copyOfRange(tensor.shape(), 1, tensor.shape().length);
  }

  /**
   * Writes a safetensors file, whole or not at all: a tensor for each path, and {@code position}
   * (I64, [batch]).
   */
  public void save(Path file) {
    NativeTensor counts = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, batch());
    for (int row = 0; row < batch(); row++) {
      counts.segment().setAtIndex(ValueLayout.JAVA_LONG, row, positions[row]);
    }
    SequencedMap<String, NativeTensor> all = new LinkedHashMap<>(tensors);
    all.put(POSITION, counts);
    SafetensorsWriter.write(file, all, Map.of(FORMAT_KEY, FORMAT, MODEL_KEY, model));
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws RetainException if the file cannot be read, is damaged, or holds something else
   */
  public static State load(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      String format = file.metadata().get(FORMAT_KEY);
      if (!FORMAT.equals(format) || !file.contains(POSITION)) {
        throw new ModelException(
            path
                + ": it is no saved state (its metadata should say "
                + FORMAT_KEY
                + " = "
                + FORMAT
                + "); give a file that Retain saved a state to");
      }
      NativeTensor counts = file.read(POSITION, ElementType.I64, Arena.ofAuto());
      SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
      for (String name : file.names()) {
        if (!name.equals(POSITION)) {
          // A running maximum begins at minus infinity.
          tensors.put(name, file.read(name, file.type(name), NonFinite.ALLOWED, Arena.ofAuto()));
        }
      }
      long[] positions = positions(path, counts, tensors);
      return new State(file.metadata().getOrDefault(MODEL_KEY, ""), positions, tensors);
    }
  }

  private static long[] positions(
      Path path, NativeTensor counts, Map<String, NativeTensor> tensors) {
    long[] positions = new long[(int) counts.size()];
    for (int row = 0; row < positions.length; row++) {
      positions[row] = counts.segment().getAtIndex(ValueLayout.JAVA_LONG, row);
    }
    tensors.forEach((name, tensor) -> {
      if (tensor.shape().length == 0 || tensor.shape()[0] != positions.length) {
        throw new ModelException(
            path
                + ": it has the positions of "
                + positions.length
                + " sequences, but the state "
                + name
                + " is "
                + tensor
                + "; the file is damaged, save the state again");
      }
    });
    return positions;
  }

  /** The model and the batch. */
  @Override
  public String toString() {
    return "the state of " + batch() + (batch() == 1 ? " sequence of " : " sequences of ") + model;
  }
}
