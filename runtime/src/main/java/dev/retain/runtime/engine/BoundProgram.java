package dev.retain.runtime.engine;

import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Function;

/**
 * The program of a form with memory for blocks of up to so many steps of a batch. Used by one
 * thread at a time.
 */
public final class BoundProgram implements AutoCloseable {
  private final FormProgram program;
  private final int batch;
  private final int capacity;
  private final ProgramMemory memory;
  private final BlockOutput output;
  private final BlockRuns runs;

  /**
   * Takes memory and loads the kernels.
   *
   * @param kernels by class name
   * @param weights the memory of parameters and constants, by path
   * @param capacity the most steps of a block
   * @throws dev.retain.runtime.memory.MemoryException if the memory cannot be had
   */
  public BoundProgram(
      FormProgram program,
      Engine engine,
      KernelSource kernels,
      Function<String, NativeTensor> weights,
      StateMemory states,
      int batch,
      int capacity) {
    this(
        program,
        engine,
        kernels,
        weights,
        name -> {
          throw new IllegalArgumentException("nothing takes the gradient of " + name);
        },
        states,
        batch,
        capacity);
  }

  /**
   * The same of a program that goes back, too.
   *
   * @param gradients the memory of each gradient, by its name: those of weights are added to what
   *     is there, others are written; those of steps are [batch, time, ...] for the block that runs
   */
  public BoundProgram(
      FormProgram program,
      Engine engine,
      KernelSource kernels,
      Function<String, NativeTensor> weights,
      Function<String, NativeTensor> gradients,
      StateMemory states,
      int batch,
      int capacity) {
    this.program = program;
    this.batch = batch;
    this.capacity = capacity;
    this.memory =
        new ProgramMemory(program, batch, capacity, engine.workers(), weights, gradients, states);
    this.output = new BlockOutput(program, memory, batch, capacity);
    StepRunner runner =
        new StepRunner(program, kernels, memory.addresses(), batch, engine.profile());
    this.runs = new BlockRuns(program, engine, memory.addresses(), runner, states, batch, capacity);
  }

  /**
   * How much memory a program takes beside weights and states, for one worker.
   *
   * @param capacity the most steps of a block
   * @return bytes
   */
  public static long bytes(FormProgram program, int batch, int capacity) {
    return MemoryPlan.of(program, batch, capacity, 1).bytes();
  }

  /** How many sequences a block has. */
  public int batch() {
    return batch;
  }

  /** The most steps of a block. */
  public int capacity() {
    return capacity;
  }

  /** Bytes of memory that this program takes for itself. */
  public long bytes() {
    return memory.bytes();
  }

  /** Where an input is to be written before a run; empty if this program does not read it. */
  public Optional<MemorySegment> input(String name) {
    return memory.input(name);
  }

  /**
   * Lets the next runs read an input where it lies, instead of in memory that it is written to.
   *
   * @param from the input of the next block: [batch, steps, ...]
   */
  public void read(String name, MemorySegment from) {
    memory.place(Role.INPUT, name, from);
  }

  /**
   * Lets the next runs write the output where it is wanted.
   *
   * @param to where the output of the next block belongs: [batch, steps, ...]
   */
  public void write(MemorySegment to) {
    output.place(to);
  }

  /**
   * Lets the next runs write a gradient that is new in each block where it is wanted; that of an
   * input is [batch, steps, ...].
   */
  public void writeGradient(String name, MemorySegment to) {
    memory.place(Role.GRADIENT, name, to);
  }

  /**
   * Lets the next runs read a state from one place and write it to another, which are not the
   * states' own memory: that stays as it is.
   */
  public void carry(String state, MemorySegment from, MemorySegment to) {
    memory.place(Role.STATE, state, from);
    memory.place(Role.NEXT_STATE, state, to);
  }

  /**
   * Runs one block and makes its end states the current ones. If it throws, the states are what
   * they were.
   *
   * @param steps from 1 to the capacity
   */
  public void run(int steps) {
    runs.run(steps);
  }

  /**
   * Runs the way forward of one block, and makes its end states the current ones. What {@link
   * #runBack(int)} reads of it stays until this program runs another block.
   *
   * @param steps from 1 to the capacity
   */
  public void runForward(int steps) {
    runs.runForward(steps);
  }

  /**
   * Runs the way back of the block whose way forward was run last. The current states must be those
   * before the block, and stay.
   */
  public void runBack(int steps) {
    runs.runBack(steps);
  }

  /**
   * Runs blocks one after the other. What was put elsewhere, states too, lies behind each other,
   * block by block, from the place that was given on. If no worker needs what another has made,
   * they do not meet between blocks. If it throws, the states are lost, unless they are carried.
   *
   * @param steps of each block, from 1 to the capacity
   * @param count of blocks, at least 1
   */
  public void runOn(int steps, int count) {
    runs.runMany(steps, count, 1);
  }

  /** The same from the block whose place was given to those before it. */
  public void runBack(int steps, int count) {
    runs.runMany(steps, count, -1);
  }

  /**
   * What the last run has put out, unless the program only goes back.
   *
   * @return [batch, steps, vocabulary]; valid until the next run
   */
  public NativeTensor output() {
    return output.of(runs.time());
  }

  /** [batch, steps, vocabulary]. */
  public long[] outputShape(int steps) {
    return output.shape(steps);
  }

  /** The type of its output. */
  public ElementType outputType() {
    return output.type();
  }

  /**
   * Runs one block step by step, to find the first number that is infinite or none. For programs
   * whose results are of no use any more: the states are as after a run.
   *
   * @return the step, and the parameter whose use came last before it; empty if all is finite
   */
  public Optional<String> firstNonFinite(int steps) {
    return runs.firstNonFinite(steps);
  }

  /** What it runs. */
  public FormProgram program() {
    return program;
  }

  @Override
  public void close() {
    memory.close();
  }
}
