package dev.retain.runtime;

import dev.retain.runtime.SessionPrograms.Bound;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model reading a batch of sequences. It carries their states from call to call, so that any
 * split of a sequence into calls, in any forms, gives the same logits. A call that fails before its
 * first block leaves the state as it was; one that fails later leaves it after the last whole
 * block.
 *
 * <p>Memory does not grow with the number of tokens: it is that of one block. Calls of several
 * threads wait for each other.
 */
public final class Session implements AutoCloseable {
  private static final String STEP = Form.RECURRENT.text();

  private final ModelDescription description;
  private final int batch;
  private final StateMemory states;
  private final long[] positions;
  private final int[][] nextTokens;
  private final int[] validSteps;
  private final SessionPrograms programs;

  /** The form that is written by hand whose states hold the past; null if the model's do. */
  private String holder;

  private boolean closed;

  Session(RetainModel model, int batch) {
    if (batch < 1) {
      throw new RetainException("a batch has at least 1 sequence, not " + batch);
    }
    this.description = model.description();
    this.batch = batch;
    this.states = new StateMemory(description.states(), description.real(), batch);
    this.programs = new SessionPrograms(model, states, batch);
    this.positions = new long[batch];
    this.nextTokens = new int[batch][1];
    this.validSteps = new int[batch];
  }

  /** How many sequences it reads at once. */
  public int batch() {
    return batch;
  }

  /** How many valid steps each sequence has made. A copy. */
  public synchronized long[] positions() {
    return positions.clone();
  }

  /**
   * Reads the next tokens of every sequence, in the model's own chunks where the form has such.
   *
   * @param tokens [batch, time], whole numbers
   * @return the logits after each token, [batch, time, vocabulary], of the model's type
   * @throws RetainException if the shape is wrong, a token is outside the vocabulary, the model was
   *     compiled without this form, or the memory does not suffice
   */
  public INDArray run(INDArray tokens, Form form) {
    return run(tokens, form, RunOptions.DEFAULT);
  }

  /** The same with padding, packed sequences, or another length of chunks. */
  public INDArray run(INDArray tokens, Form form, RunOptions options) {
    return run(Tokens.of(tokens), form, options).array();
  }

  /**
   * The same without ND4J.
   *
   * @param tokens [batch][time]
   * @return [batch, time, vocabulary], in memory of its own
   */
  public NativeTensor run(int[][] tokens, Form form, RunOptions options) {
    return run(tokens, form.text(), options);
  }

  /** The same in the form of that name, derived or written by hand. */
  public NativeTensor run(int[][] tokens, String form, RunOptions options) {
    int time = Tokens.time(tokens, batch);
    int vocabulary = description.vocabulary();
    ElementType type = description.real();
    NativeTensor logits = NativeTensor.allocate(Arena.ofAuto(), type, batch, time, vocabulary);
    long stepBytes = (long) vocabulary * type.bytes();
    run(
        tokens,
        form,
        options,
        (start, length, block) -> {
          for (long row = 0; row < batch; row++) {
            MemorySegment.copy(
                block.segment(),
                row * length * stepBytes,
                logits.segment(),
                (row * time + start) * stepBytes,
                length * stepBytes);
          }
        });
    return logits;
  }

  /**
   * The same with the logits handed over block by block, in memory that does not grow with the
   * length: a chunk each in the chunkwise form, one step each in the recurrent form, everything at
   * once in the parallel form. Nothing is allocated once a form has run with the same lengths.
   *
   * @param tokens [batch][time]
   */
  public void run(int[][] tokens, Form form, RunOptions options, BlockConsumer consumer) {
    run(tokens, form.text(), options, consumer);
  }

  /**
   * The same in the form of that name. A form that is written by hand carries states of its own
   * from block to block and from call to call: it begins at position 0, and what it has read goes
   * on in the same form only. One that takes no state reads its sequences in one call.
   *
   * @throws RetainException if there is no such form, or it cannot go on from here
   */
  public synchronized void run(
      int[][] tokens, String form, RunOptions options, BlockConsumer consumer) {
    int time = Tokens.time(tokens, batch);
    Tokens.check(tokens, description.vocabulary());
    options.check(batch, time);
    FormProgram program = programs.program(form, options.isRagged());
    int chunk =
        switch (program.form()) {
          case RECURRENT -> 1;
          case PARALLEL -> time;
          case CHUNKWISE -> options.chunk().orElse(description.chunkOf(program));
        };
    int block = Math.min(chunk, time);
    requireOwnPast(program);
    requireOpen();
    Bound bound = programs.bind(program, block);
    take(program, bound);
    bound.inputs().writeChunk(chunk);
    for (int start = 0; start < time; start += block) {
      int length = Math.min(block, time - start);
      NativeTensor logits =
          program.ragged()
              ? runRagged(tokens, bound, options, start, length)
              : runDense(tokens, bound, start, length);
      consumer.accept(start, length, logits);
    }
  }

  /**
   * Reads one token of every sequence, in the recurrent form.
   *
   * @param tokens [batch]
   * @return [batch, 1, vocabulary]; valid until the next call
   */
  public synchronized NativeTensor step(int... tokens) {
    if (tokens.length != batch) {
      throw new RetainException(
          "expected a token for each of " + batch + " sequences, found " + tokens.length);
    }
    for (int row = 0; row < batch; row++) {
      nextTokens[row][0] = tokens[row];
    }
    Tokens.check(nextTokens, description.vocabulary());
    Bound bound = programs.known(STEP);
    if (bound == null || holder != null) {
      FormProgram program = programs.program(STEP, false);
      requireOwnPast(program);
      requireOpen();
      bound = programs.bind(program, 1);
    }
    return runDense(nextTokens, bound, 0, 1);
  }

  private NativeTensor runDense(int[][] tokens, Bound bound, int start, int length) {
    bound.inputs().writeTokens(tokens, start, length);
    bound.inputs().writePositions(positions);
    bound.program().run(length);
    NativeTensor logits = bound.program().output();
    for (int row = 0; row < batch; row++) {
      positions[row] += length;
    }
    return logits;
  }

  private NativeTensor runRagged(
      int[][] tokens, Bound bound, RunOptions options, int start, int length) {
    bound.inputs().writeTokens(tokens, start, length);
    bound.inputs().writePositions(positions);
    boolean[][] mask = options.mask().orElse(null);
    boolean[][] resets = options.resets().orElse(null);
    for (int row = 0; row < batch; row++) {
      validSteps[row] =
          bound
              .inputs()
              .writeRagged(
                  row,
                  mask == null ? null : mask[row],
                  resets == null ? null : resets[row],
                  start,
                  length);
    }
    bound.program().run(length);
    NativeTensor logits = bound.program().output();
    for (int row = 0; row < batch; row++) {
      positions[row] += validSteps[row];
    }
    return logits;
  }

  /** What a form goes on from must be in its own states, or there is nothing to go on from. */
  private void requireOwnPast(FormProgram program) {
    boolean isFromRest = program.isWrittenByHand() && program.form() == Form.PARALLEL;
    boolean holds = program.isWrittenByHand() ? program.name().equals(holder) : holder == null;
    if (isAtRest() || holds && !isFromRest) {
      return;
    }
    throw new RetainException(
        isFromRest
            ? "the form "
                + program.name()
                + " takes no state: it reads a whole sequence at once, and this one has begun"
                + " already; reset the session first"
            : "what this session has read is in the states of "
                + (holder == null ? "the model" : "the form " + holder)
                + ", from which the form "
                + program.name()
                + " cannot go on; reset the session first");
  }

  private boolean isAtRest() {
    for (long position : positions) {
      if (position != 0) {
        return false;
      }
    }
    return true;
  }

  private void take(FormProgram program, Bound bound) {
    String taker = program.isWrittenByHand() ? program.name() : null;
    if (!Objects.equals(holder, taker)) {
      bound.states().reset();
      holder = taker;
    }
  }

  /** A copy of the states and positions as they are now. */
  public synchronized State state() {
    requireOpen();
    if (holder != null) {
      throw new RetainException(
          "what this session has read is in the states of the form "
              + holder
              + ", which is written by hand; states are saved in derived forms");
    }
    SequencedMap<String, NativeTensor> copies = new LinkedHashMap<>();
    states.current().forEach((path, tensor) -> copies.put(path, tensor.copyOf(Arena.ofAuto())));
    return new State(description.name(), positions, copies);
  }

  /**
   * Goes on from a state; it is copied. A state of the same model in another type is converted.
   *
   * @throws ModelException if it is of another model, or of another number of sequences
   */
  public synchronized void restore(State state) {
    requireOpen();
    StateCheck.require(state, description, batch);
    states.current().forEach((path, tensor) -> tensor.copyFrom(state.tensors().get(path)));
    System.arraycopy(state.positions(), 0, positions, 0, batch);
    holder = null;
  }

  /** Empties the states and begins at position 0. */
  public synchronized void reset() {
    requireOpen();
    states.reset();
    holder = null;
    Arrays.fill(positions, 0);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session was closed");
    }
  }

  /** Frees its memory; what {@link #step} returned must not be used any more. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      programs.close();
      states.close();
    }
  }
}
