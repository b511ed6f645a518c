package dev.retain.runtime.engine;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.memory.AvailableMemory;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.StepDescription;
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
 * The program of a form with memory for blocks of up to so many steps of a batch. Used by one
 * thread at a time.
 */
public final class BoundProgram implements AutoCloseable {
  private static final long CHECKED_FROM = 64L << 20;

  private final FormProgram program;
  private final Engine engine;
  private final StateMemory states;
  private final int batch;
  private final int capacity;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final MemoryPlan plan;
  private final Kernel[] kernels;

  /** What kernels know by its address alone: it must not be given back while they run. */
  private final Set<NativeTensor> held = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Addresses addresses;
  private final Schedule newShape;
  private final Schedule sameShape;
  private final Schedule newForward;
  private final Schedule sameForward;
  private final Schedule back;
  private final WorkerPool.Task task = this::work;
  private final WorkerPool.Task blocksTask = this::workOnBlocks;
  private final KernelCheck check;
  private final Profile.Entry[] entries;

  /** Of what was ever put elsewhere, by name. */
  private final Map<Role, Map<String, Optional<Addresses.Place>>> places =
      new EnumMap<>(Role.class);

  /** Of whole blocks and of others, once they were run: the last one of a sequence is shorter. */
  private NativeTensor wholeOutput;

  private NativeTensor output;
  private int outputTime;
  private Schedule schedule;
  private int side;
  private int blocks;

  /** The block that is first, and 1 or -1 for the way from one to the next. */
  private int firstBlock;

  private int way;
  private int time;
  private int lastTime = -1;

  /** When the step before ended, in {@link System#nanoTime}. */
  private long measured;

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
      Function<String, Kernel> kernels,
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
      Function<String, Kernel> kernels,
      Function<String, NativeTensor> weights,
      Function<String, NativeTensor> gradients,
      StateMemory states,
      int batch,
      int capacity) {
    this.program = program;
    this.engine = engine;
    this.states = states;
    this.batch = batch;
    this.capacity = capacity;
    this.kernels =
        program.steps().stream().map(s -> kernels.apply(s.kernelClass())).toArray(Kernel[]::new);
    this.plan = MemoryPlan.of(program, batch, capacity, engine.workers());
    this.memory = allocate();
    this.addresses =
        new Addresses(
            program,
            batch,
            capacity,
            engine.workers(),
            (buffer, readSide) -> address(buffer, weights, gradients, readSide));
    this.newShape = schedule(0, program.steps().size(), true);
    this.sameShape = schedule(0, program.steps().size(), false);
    int turn = program.firstStepBack();
    this.newForward = schedule(0, turn, true);
    this.sameForward = schedule(0, turn, false);
    this.back = schedule(turn, program.steps().size(), false);
    this.entries = entries();
    this.check = new KernelCheck(new ThreadMeter(), this.kernels.length);
  }

  private Schedule schedule(int from, int to, boolean all) {
    return Schedule.of(program, from, to, all, batch, capacity, engine.workers());
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
      int readSide) {
    BufferDescription description = program.buffers().get(buffer);
    return switch (description.role()) {
      case PARAMETER, CONSTANT -> held(weights.apply(description.name()));
      case GRADIENT -> held(gradients.apply(description.name()));
      case STATE -> states.tensor(description.name(), readSide).address();
      case NEXT_STATE -> states.tensor(description.name(), 1 - readSide).address();
      case INPUT, OUTPUT, SCRATCH, STATIC, WORKSPACE -> memory.address() + plan.offsets()[buffer];
    };
  }

  private long held(NativeTensor tensor) {
    held.add(tensor);
    return tensor.address();
  }

  private Profile.Entry[] entries() {
    return engine
        .profile()
        .map(profile ->
            program.steps().stream()
                .map(step -> profile.entry(program.name(), step.label()))
                .toArray(Profile.Entry[]::new))
        .orElse(null);
  }

  /** The most steps of a block. */
  public int capacity() {
    return capacity;
  }

  /** Bytes of memory that this program takes for itself. */
  public long bytes() {
    return plan.bytes();
  }

  /** Where an input is to be written before a run; empty if this program does not read it. */
  public Optional<MemorySegment> input(String name) {
    for (int buffer = 0; buffer < program.buffers().size(); buffer++) {
      BufferDescription description = program.buffers().get(buffer);
      if (description.role() == Role.INPUT && description.name().equals(name)) {
        return Optional.of(segment(buffer, capacity));
      }
    }
    return Optional.empty();
  }

  /**
   * Lets the next runs read an input where it lies, instead of in memory that it is written to. For
   * a batch of one, whose steps lie behind each other.
   *
   * @param from the input of the first step of the next block
   */
  public void read(String name, MemorySegment from) {
    place(Role.INPUT, name, from);
  }

  /**
   * Lets the next runs write the output where it is wanted. For a batch of one, whose steps lie
   * behind each other.
   *
   * @param to where the output of the first step of the next block belongs
   */
  public void write(MemorySegment to) {
    place(Role.OUTPUT, outputDescription().name(), to);
    wholeOutput = null;
    outputTime = 0;
  }

  /**
   * Lets the next runs write a gradient that is new in each block where it is wanted; that of an
   * input for a batch of one.
   */
  public void writeGradient(String name, MemorySegment to) {
    place(Role.GRADIENT, name, to);
  }

  /**
   * Lets the next runs read a state from one place and write it to another, which are not the
   * states' own memory: that stays as it is.
   */
  public void carry(String state, MemorySegment from, MemorySegment to) {
    place(Role.STATE, state, from);
    place(Role.NEXT_STATE, state, to);
  }

  private void place(Role role, String name, MemorySegment segment) {
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

  private MemorySegment segment(int buffer, int steps) {
    BufferDescription description = program.buffers().get(buffer);
    long bytes = description.size().elements(batch, steps) * description.type().bytes();
    return memory.asSlice(plan.offsets()[buffer], bytes);
  }

  /**
   * Runs one block and makes its end states the current ones. If it throws, the states are what
   * they were.
   *
   * @param steps from 1 to the capacity
   */
  public void run(int steps) {
    schedule = steps == lastTime ? sameShape : newShape;
    run(steps, task, schedule.phases().length);
    states.advance();
  }

  /**
   * Runs the way forward of one block, and makes its end states the current ones. What {@link
   * #runBack(int)} reads of it stays until this program runs another block.
   *
   * @param steps from 1 to the capacity
   */
  public void runForward(int steps) {
    schedule = steps == lastTime ? sameForward : newForward;
    run(steps, task, schedule.phases().length);
    states.advance();
  }

  /**
   * Runs the way back of the block whose way forward was run last. The current states must be those
   * before the block, and stay.
   */
  public void runBack(int steps) {
    schedule = back;
    run(steps, task, schedule.phases().length);
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
    runBlocks(steps, count, 1);
  }

  /** The same from the block whose place was given to those before it. */
  public void runBack(int steps, int count) {
    runBlocks(steps, count, -1);
  }

  private void runBlocks(int steps, int count, int newWay) {
    firstBlock = 0;
    if (steps != lastTime) {
      run(steps);
      firstBlock = newWay;
    }
    blocks = count - Math.abs(firstBlock);
    if (blocks == 0) {
      return;
    }
    way = newWay;
    schedule = sameShape;
    run(steps, blocksTask, schedule.isApart() ? 1 : schedule.phases().length * blocks);
    for (int worker = 0; worker < engine.workers(); worker++) {
      addresses.moveTo(0, worker, batch, steps);
    }
    if (blocks % 2 == 1) {
      states.advance();
    }
  }

  private void run(int steps, WorkerPool.Task what, int phases) {
    if (steps < 1 || steps > capacity) {
      throw new IllegalArgumentException(steps + " steps, of " + capacity);
    }
    time = steps;
    side = states.side();
    // Until it has succeeded: a failure may leave static buffers half filled.
    lastTime = -1;
    long start = entries == null ? 0 : System.nanoTime();
    measured = start;
    engine.pool().run(what, phases);
    if (entries != null) {
      engine.profile().get().addTotal(System.nanoTime() - start);
    }
    lastTime = steps;
    // No reference to the method: it would take memory at every run.
    Optional<KernelCheck.Finding> finding = check.ran();
    if (finding.isPresent()) {
      warn(finding.get());
    }
  }

  private void work(int phase, int worker) {
    work(phase, worker, side);
  }

  private void workOnBlocks(int phase, int worker) {
    if (schedule.isApart()) {
      for (int i = 0; i < blocks; i++) {
        addresses.moveTo(firstBlock + (long) i * way, worker, batch, time);
        work(0, worker, (side + i) % 2);
      }
    } else {
      int phases = schedule.phases().length;
      int i = phase / phases;
      if (phase % phases == 0) {
        addresses.moveTo(firstBlock + (long) i * way, worker, batch, time);
      }
      work(phase % phases, worker, (side + i) % 2);
    }
  }

  private void work(int phase, int worker, int from) {
    int workers = engine.workers();
    for (Schedule.Run run : schedule.phases()[phase]) {
      if (run.parts() == 0) {
        runSteps(run, worker, from, worker, workers);
      } else {
        int end = firstPart(run, worker + 1);
        for (int part = firstPart(run, worker); part < end; part++) {
          runSteps(run, worker, from, part, run.parts());
        }
      }
    }
  }

  /** The first of the parts that are a worker's. */
  private int firstPart(Schedule.Run run, int worker) {
    return (int) ((long) run.parts() * worker / engine.workers());
  }

  /** A slice is given to kernels as if it were one sequence. */
  private void runSteps(Schedule.Run run, int worker, int from, int share, int shares) {
    long[][] arguments = addresses.of(worker, from, run.slice());
    if (run.positions() == 0) {
      runSteps(run.steps(), arguments, worker, batch, time, share, shares);
    } else {
      int length = run.positions(batch, time);
      if (length > 0) {
        runSteps(run.steps(), arguments, worker, 1, length, share, shares);
      }
    }
  }

  private void runSteps(
      int[] steps,
      long[][] arguments,
      int worker,
      int sequences,
      int length,
      int share,
      int shares) {
    boolean checked = worker == 0 && check.isMeasuring();
    boolean timed = worker == 0 && entries != null;
    for (int step : steps) {
      long before = checked ? check.allocatedBytes() : 0;
      long start = timed ? System.nanoTime() : 0;
      kernels[step].run(arguments[step], sequences, length, share, shares);
      if (checked) {
        check.add(step, check.allocatedBytes() - before);
      } else if (timed) {
        addTime(step, start);
      }
    }
  }

  private void addTime(int step, long start) {
    long end = System.nanoTime();
    entries[step].add(start - measured, end - start);
    measured = end;
  }

  private void warn(KernelCheck.Finding finding) {
    String label = program.steps().get(finding.step()).label();
    KernelWarning.give(label + " in the " + program.name() + " form", finding);
  }

  /**
   * What the last run has put out, unless the program only goes back.
   *
   * @return [batch, steps, vocabulary]; valid until the next run
   */
  public NativeTensor output() {
    if (time == capacity) {
      wholeOutput = wholeOutput == null ? newOutput(time) : wholeOutput;
      return wholeOutput;
    }
    if (outputTime != time) {
      output = newOutput(time);
      outputTime = time;
    }
    return output;
  }

  private NativeTensor newOutput(int steps) {
    BufferDescription output = outputDescription();
    MemorySegment own = segment(program.buffers().indexOf(output), steps);
    Map<String, Optional<Addresses.Place>> ofRole = places.getOrDefault(Role.OUTPUT, Map.of());
    MemorySegment segment =
        ofRole.getOrDefault(output.name(), Optional.empty()).map(Addresses.Place::held).orElse(own);
    segment = segment.asSlice(0, own.byteSize());
    return NativeTensor.over(segment, output.type(), outputShape(steps));
  }

  /** [batch, steps, vocabulary]. */
  public long[] outputShape(int steps) {
    // A program of one step has no axis for it.
    long elements = outputDescription().size().elements(batch, capacity);
    long vocabulary = elements / batch / capacity;
    return new long[] {batch, steps, vocabulary};
  }

  private BufferDescription outputDescription() {
    return program.buffers().stream()
        .filter(buffer -> buffer.role() == Role.OUTPUT)
        .findFirst()
        .orElseThrow();
  }

  /** The type of its output. */
  public ElementType outputType() {
    return outputDescription().type();
  }

  /**
   * Runs one block step by step, to find the first number that is infinite or none. For programs
   * whose results are of no use any more: the states are as after a run.
   *
   * @return the step, and the parameter whose use came last before it; empty if all is finite
   */
  public Optional<String> firstNonFinite(int steps) {
    time = steps;
    side = states.side();
    lastTime = -1;
    FiniteCheck check = new FiniteCheck(program, batch, steps);
    String parameter = "the input";
    for (Schedule.Run[] phase : newShape.phases()) {
      for (Schedule.Run run : phase) {
        for (int step : run.steps()) {
          for (int share = 0; share < engine.workers(); share++) {
            runSteps(run.alone(step), share, side, share, engine.workers());
          }
          StepDescription description = program.steps().get(step);
          for (int buffer : description.buffers()) {
            if (program.buffers().get(buffer).role() == Role.PARAMETER) {
              parameter = program.buffers().get(buffer).name();
            }
          }
          if (!check.isFinite(description, addresses.of(0, side, run.slice())[step], run)) {
            return Optional.of(
                "what %s is used for (%s)".formatted(parameter, description.label()));
          }
        }
      }
    }
    states.advance();
    return Optional.empty();
  }

  /** What it runs. */
  public FormProgram program() {
    return program;
  }

  @Override
  public void close() {
    arena.close();
  }
}
