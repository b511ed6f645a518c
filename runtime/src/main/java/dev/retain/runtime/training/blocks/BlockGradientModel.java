package dev.retain.runtime.training.blocks;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.GradientPrograms;
import dev.retain.runtime.training.TrainingBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** A model with the programs that the compiler derived for its gradients. */
public final class BlockGradientModel implements GradientModel {
  /** Memory in which blocks keep their work, if nobody says otherwise: 512 MiB. */
  public static final long USUAL_WORK = 1L << 29;

  /** Each has an address for every use of a buffer, too. */
  private static final int MOST_KEPT = 128;

  /**
   * What it is made of.
   *
   * @param dense for rows of which every step counts
   * @param ragged for rows in which documents begin, if the form can be had for them
   * @param kernels by class name
   * @param chunk the steps of a block, in forms that are cut into such
   * @param oneBlock whether each batch is one block, which begins at rest and which none follows
   * @param work the most bytes in which blocks may keep what they have made on the way forward, for
   *     the way back; if they need more, it is made again
   */
  public record Parts(
      ModelDescription description,
      GradientPrograms dense,
      Optional<GradientPrograms> ragged,
      KernelSource kernels,
      int chunk,
      boolean oneBlock,
      long work) {}

  private final Parts parts;
  private final Engine engine;
  private final Arena arena = Arena.ofShared();
  private final SequencedMap<String, NativeTensor> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, NativeTensor> gradients = new LinkedHashMap<>();
  private final Map<String, NativeTensor> weights = new LinkedHashMap<>();

  /** By worker: its part of each gradient. */
  private final MemorySegment[][] cleared;

  private final Runnable clearing;
  private Sequences training;
  private Sequences measuring;

  /**
   * @param constants by path, float64
   */
  public BlockGradientModel(Parts parts, Map<String, NativeTensor> constants, Engine engine) {
    this.parts = parts;
    this.engine = engine;
    for (ParameterDescription parameter : parts.description().parameters()) {
      parameters.put(parameter.path(), allocate(parameter));
      gradients.put(parameter.path(), allocate(parameter));
    }
    weights.putAll(constants);
    weights.putAll(parameters);
    this.cleared = new MemorySegment[engine.workers()][];
    Arrays.setAll(cleared, this::share);
    this.clearing = engine.onAllWorkers(this::clear);
  }

  private NativeTensor allocate(ParameterDescription parameter) {
    return NativeTensor.allocate(arena, parts.description().real(), parameter.shapeAfter());
  }

  @Override
  public SequencedMap<String, NativeTensor> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
  }

  @Override
  public SequencedMap<String, NativeTensor> gradients() {
    return Collections.unmodifiableSequencedMap(gradients);
  }

  @Override
  public void clear() {
    clearing.run();
  }

  private MemorySegment[] share(int worker) {
    return gradients.values().stream()
        .map(NativeTensor::segment)
        .map(segment -> {
          long from = segment.byteSize() * worker / engine.workers();
          long to = segment.byteSize() * (worker + 1) / engine.workers();
          return segment.asSlice(from, to - from);
        })
        .toArray(MemorySegment[]::new);
  }

  private void clear(int share) {
    for (MemorySegment part : cleared[share]) {
      part.fill((byte) 0);
    }
  }

  @Override
  public double accumulate(TrainingBatch batch, double weight, boolean keepState, long seed) {
    training = sequences(training, batch);
    if (!keepState) {
      training.reset();
    } else if (parts.oneBlock()) {
      throw new IllegalArgumentException("compiled for sequences that begin at rest");
    }
    return training.accumulate(batch, weight, seed);
  }

  @Override
  public double loss(TrainingBatch batch) {
    measuring = sequences(measuring, batch);
    measuring.reset();
    return measuring.loss(batch);
  }

  private Sequences sequences(Sequences known, TrainingBatch batch) {
    int rows = batch.tokens().length;
    if (batch.resets().isPresent() && parts.ragged().isEmpty()) {
      throw new RetainException(
          "the form %s reads whole sequences only, and documents begin within these; train on one document, or in another form"
              .formatted(parts.dense().loss().name()));
    }
    if (known != null && known.batch() == rows) {
      return known;
    }
    if (known != null) {
      known.close();
    }
    return new Sequences(this, rows);
  }

  /** The memory of sequences: states, what is kept of them for the way back, and of programs. */
  public long bytes() {
    long bytes = training == null ? 0 : training.bytes();
    return measuring == null ? bytes : bytes + measuring.bytes();
  }

  ModelDescription description() {
    return parts.description();
  }

  /** What the form carries from block to block; nothing if all begin at rest. */
  List<StateDescription> carried() {
    boolean hasStates =
        parts.dense().gradient().buffers().stream()
            .anyMatch(b -> b.role() == Role.STATE || b.role() == Role.NEXT_STATE);
    return hasStates ? parts.description().statesOf(parts.dense().loss()) : List.of();
  }

  Bound bind(boolean ragged, Way way, Sequences sequences, int block) {
    GradientPrograms programs = ragged ? parts.ragged().orElseThrow() : parts.dense();
    return new Bound(
        switch (way) {
          case MEASURE -> programs.loss();
          case FORWARD -> programs.forward();
          case BACK -> programs.gradient();
        },
        engine,
        parts.kernels(),
        weights::get,
        sequences::gradient,
        sequences.states(),
        sequences.batch(),
        block);
  }

  /** The steps of a block of a sequence of so many. */
  public int block(int time) {
    return switch (parts.dense().loss().form()) {
      case RECURRENT -> 1;
      case PARALLEL -> time;
      case CHUNKWISE -> Math.min(parts.chunk(), time);
    };
  }

  /** The memory that a block needs to keep what it has made on the way forward. */
  long workBytes(boolean ragged, int batch, int block) {
    GradientPrograms programs = ragged ? parts.ragged().orElseThrow() : parts.dense();
    return BoundProgram.bytes(programs.gradient(), batch, block);
  }

  /** Whether blocks keep it, each so many bytes. */
  boolean keepsWork(long bytes, int blocks) {
    return parts.dense().loss().form() == Form.CHUNKWISE
        && 1 < blocks
        && blocks <= MOST_KEPT
        && bytes <= parts.work() / blocks;
  }

  void requireBlocks(int blocks) {
    if (parts.oneBlock() && blocks != 1) {
      throw new IllegalArgumentException("compiled for sequences of one block, not " + blocks);
    }
  }

  /** What a form that asks for it is told to be the length of a whole block. */
  int chunk(int time) {
    return parts.dense().loss().form() == Form.CHUNKWISE ? parts.chunk() : block(time);
  }

  @Override
  public SequencedMap<String, NativeTensor> states() {
    return training == null ? new LinkedHashMap<>() : training.current();
  }

  @Override
  public void restore(SequencedMap<String, NativeTensor> states, long[] positions) {
    if (training == null || training.batch() != positions.length) {
      if (training != null) {
        training.close();
      }
      training = new Sequences(this, positions.length);
    }
    training.restore(states, positions);
  }

  @Override
  public long[] positions() {
    return training == null ? new long[0] : training.positions();
  }

  @Override
  public Optional<String> firstNonFinite(TrainingBatch batch, boolean keepState, long seed) {
    try (Sequences again = new Sequences(this, batch.tokens().length)) {
      if (keepState && training != null) {
        again.restore(training.current(), training.positions());
      }
      return again.firstNonFinite(batch, seed);
    }
  }

  @Override
  public void close() {
    List<Sequences> open = new ArrayList<>();
    if (training != null) {
      open.add(training);
    }
    if (measuring != null) {
      open.add(measuring);
    }
    open.forEach(Sequences::close);
    arena.close();
  }

  NativeTensor gradientOf(String path) {
    return gradients.get(path);
  }
}
