package dev.retain.runtime.engine;

import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.program.FormProgram;
import java.util.Optional;

/**
 * Calls the kernels of steps, and watches them: what they take of the heap for a while, and how
 * long they take if the engine measures that. Only the calling thread, worker 0, is watched.
 */
final class StepRunner {
  /** With more kernels than that something else must be wrong. */
  private static final int MOST_MENDED = 4;

  private final FormProgram program;
  private final KernelSource source;
  private final Kernel[] kernels;
  private final Addresses addresses;
  private final int batch;
  private final KernelCheck check;
  private int mended;

  /** Of an engine that measures, and where it adds the time of each step; else null. */
  private final Profile profile;

  private final Profile.Entry[] entries;

  /** When a run began, and when the step before ended, in {@link System#nanoTime}. */
  private long began;

  private long measured;

  /**
   * @param profile what measures all runs, if anything does
   */
  StepRunner(
      FormProgram program,
      KernelSource source,
      Addresses addresses,
      int batch,
      Optional<Profile> profile) {
    this.program = program;
    this.source = source;
    this.kernels =
        program.steps().stream().map(s -> source.kernel(s.kernelClass())).toArray(Kernel[]::new);
    this.addresses = addresses;
    this.batch = batch;
    this.check = new KernelCheck(new ThreadMeter(), kernels.length);
    this.profile = profile.orElse(null);
    this.entries = profile.map(this::entries).orElse(null);
  }

  private Profile.Entry[] entries(Profile ofEngine) {
    return program.steps().stream()
        .map(step -> ofEngine.entry(program.name(), step.label()))
        .toArray(Profile.Entry[]::new);
  }

  /** Before the steps of a run of the program. */
  void begin() {
    if (profile != null) {
      began = System.nanoTime();
      measured = began;
    }
  }

  /** After them. */
  void end() {
    if (profile != null) {
      profile.addTotal(System.nanoTime() - began);
    }
    // No reference to the method: it would take memory at every run.
    Optional<KernelCheck.Finding> finding = check.ran();
    if (finding.isPresent()) {
      mend(finding.get());
    }
  }

  /**
   * Lets the JVM compile the kernel once more, as another class. The same bytecode is compiled well
   * in nearly every JVM, and badly in one of many: the next attempt is likely to be better.
   */
  private void mend(KernelCheck.Finding finding) {
    Kernel bad = kernels[finding.step()];
    Optional<Kernel> other =
        mended < MOST_MENDED && KernelWarning.hindrance().isEmpty()
            ? source.insteadOf(bad)
            : Optional.empty();
    if (other.isEmpty()) {
      warn(finding);
      return;
    }
    mended++;
    for (int step = 0; step < kernels.length; step++) {
      kernels[step] = kernels[step] == bad ? other.get() : kernels[step];
    }
    check.again();
  }

  private void warn(KernelCheck.Finding finding) {
    String label = program.steps().get(finding.step()).label();
    KernelWarning.give(label + " in the " + program.name() + " form", finding);
  }

  /**
   * Runs steps that follow each other. A slice is given to kernels as if it were one sequence.
   *
   * @param time steps of the block
   * @param from the side that states are read from
   */
  void run(Schedule.Run run, int time, int worker, int from, int share, int shares) {
    long[][] arguments = addresses.of(worker, from, run.slice());
    if (run.positions() == 0) {
      run(run.steps(), arguments, worker, batch, time, share, shares);
    } else {
      int length = run.positions(batch, time);
      if (length > 0) {
        run(run.steps(), arguments, worker, 1, length, share, shares);
      }
    }
  }

  private void run(
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
}
