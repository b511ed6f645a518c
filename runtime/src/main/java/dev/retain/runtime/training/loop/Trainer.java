package dev.retain.runtime.training.loop;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.Mixing;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.training.checkpoint.CheckpointFolder;
import dev.retain.runtime.training.checkpoint.RunIdentity;
import dev.retain.runtime.training.checkpoint.RunState;
import dev.retain.runtime.training.checkpoint.StoredCheckpoint;
import dev.retain.runtime.training.data.DataBatch;
import dev.retain.runtime.training.data.HeldOut;
import dev.retain.runtime.training.optimiser.Gradients;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The training loop. Everything it does follows from the run, the settings and the step, so that a
 * run that was stopped and resumed ends with the bits of one that was not.
 */
public final class Trainer {
  /** Why it came to an end. */
  public enum Ending {
    /** All steps are made. */
    FINISHED,
    /** The held-out text has not been predicted better for long enough. */
    STOPPED_EARLY,
    /** It was asked to stop, and can be resumed. */
    PAUSED
  }

  /** How a run ended. */
  public record Result(Ending ending, RunState state) {}

  private static final String WEIGHT = "weight.";
  private static final String FIRST_MOMENT = "first_moment.";
  private static final String SECOND_MOMENT = "second_moment.";
  private static final String STATE = "state.";
  private static final String POSITIONS = "positions";

  private final Run run;
  private final TrainingSettings settings;
  private final CheckpointFolder checkpoints;
  private final RunIdentity identity;
  private final TrainingListener listener;
  private final BooleanSupplier stopRequested;
  private final List<DataBatch> batches;
  private final LossSum sum = new LossSum();
  private final StepReport report = new StepReport();
  private RunState measured = RunState.START;
  private long step;
  private Optional<Path> saved = Optional.empty();

  /**
   * @param identity is stored with every checkpoint
   * @param stopRequested is asked after every step
   */
  public Trainer(
      Run run,
      TrainingSettings settings,
      CheckpointFolder checkpoints,
      RunIdentity identity,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    this.run = run;
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.identity = identity;
    this.listener = listener;
    this.stopRequested = stopRequested;
    this.batches = Stream.generate(run.data()::memory).limit(settings.accumulate()).toList();
  }

  /**
   * Goes on from a checkpoint; to be called before {@link #train}.
   *
   * @throws TrainingException if the run was begun with other settings
   */
  public void resume(StoredCheckpoint checkpoint) {
    identity.requireBegunWith(checkpoint.identity(), checkpoint.file());
    checkpoint.readInto(learned());
    SequencedMap<String, NativeTensor> states = checkpoint.read(STATE, Arena.ofAuto());
    if (!states.isEmpty()) {
      NativeTensor positions = checkpoint.read(POSITIONS, Arena.ofAuto()).firstEntry().getValue();
      long[] numbers = new long[(int) positions.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = positions.segment().getAtIndex(ValueLayout.JAVA_LONG, i);
      }
      run.model().restore(states, numbers);
    }
    measured = checkpoint.state();
    step = measured.step();
    saved = Optional.of(checkpoint.file());
  }

  /**
   * Trains to the end, or until it is to stop. A checkpoint of the last step is then on the disk.
   *
   * @throws TrainingException if a loss, a gradient or a weight is infinite or no number
   * @throws RetainException if a checkpoint cannot be written; the last one is kept
   */
  public Result train() {
    listener.begins(step);
    Optional<Ending> ending = ending();
    while (ending.isEmpty()) {
      update();
      boolean last = step == settings.steps();
      boolean due = last || step % settings.every() == 0;
      if (due) {
        measure();
      }
      if (isSampleDue(last)) {
        run.sampler().ifPresent(sampler -> listener.sampled(step, sampler.get()));
      }
      ending = ending();
      if (due || ending.isPresent()) {
        save();
      }
    }
    return new Result(ending.get(), state());
  }

  private boolean isSampleDue(boolean last) {
    long every = settings.sampleEvery();
    return every > 0 && (last || step % every == 0);
  }

  private RunState state() {
    return measured.at(step);
  }

  private Optional<Ending> ending() {
    if (step >= settings.steps()) {
      return Optional.of(Ending.FINISHED);
    }
    if (settings.patience() > 0 && measured.worse() >= settings.patience()) {
      return Optional.of(Ending.STOPPED_EARLY);
    }
    return step >= settings.stopAt() || stopRequested.getAsBoolean()
        ? Optional.of(Ending.PAUSED)
        : Optional.empty();
  }

  /** One step. Takes no memory, so that nothing is left for the JVM to collect. */
  private void update() {
    GradientModel model = run.model();
    long firstBatch = step * settings.accumulate();
    double weight = 1.0 / Math.max(1, draw(firstBatch));
    sum.clear();
    model.clear();
    for (int i = 0; i < batches.size(); i++) {
      DataBatch batch = batches.get(i);
      long seed = Mixing.mix(settings.seed(), firstBatch + i);
      double loss = model.accumulate(batch.batch(), weight, batch.continues(), seed);
      if (!Double.isFinite(loss)) {
        throw notFinite(step + 1, "the loss is " + loss, Origin.of(model, batch, seed));
      }
      sum.add(loss, batch);
    }
    double norm = run.optimiser().norm();
    if (!Double.isFinite(norm)) {
      throw notFinite(
          step + 1,
          "the norm of the gradients is " + norm,
          Origin.ofGradients(model, batches, settings.seed(), firstBatch));
    }
    double rate = settings.rate().at(step);
    run.optimiser().update(step, rate, Math.min(1, settings.clip() / norm));
    step++;
    report(rate, norm);
  }

  /** Draws the batches of an update; the number of their targets. */
  private long draw(long firstBatch) {
    long targets = 0;
    for (int i = 0; i < batches.size(); i++) {
      DataBatch batch = batches.get(i);
      run.data().read(firstBatch + i, batch);
      targets += batch.batch().targetCount();
    }
    return targets;
  }

  private void report(double rate, double norm) {
    int[][] tokens = batches.getFirst().batch().tokens();
    long batchesSoFar = step * settings.accumulate();
    listener.stepped(
        report.set(
            step,
            batchesSoFar * tokens.length * tokens[0].length,
            run.data().epoch(batchesSoFar),
            sum.mean(),
            sum.bitsPerByte(),
            rate,
            norm));
  }

  private TrainingException notFinite(long step, String what, Optional<String> where) {
    return new TrainingException(
        "step %d: %s%s; %s. Try another --out with a lower --lr, a longer --warmup or a lower --clip%s"
            .formatted(
                step,
                what,
                where.map(place -> ", first in " + place).orElse(""),
                saved
                    .map("the checkpoint %s is kept"::formatted)
                    .orElse("there is no checkpoint yet"),
                saved
                    .map(file ->
                        ", from its weights with --init %s --prefix %s".formatted(file, WEIGHT))
                    .orElse("")));
  }

  private void measure() {
    if (run.heldOut().isEmpty()) {
      return;
    }
    HeldOut text = run.heldOut().get();
    HeldOutReport report = Evaluation.measure(run.model(), text, step);
    if (!Double.isFinite(report.loss())) {
      throw notFinite(
          step,
          "the loss of the held-out text is " + report.loss(),
          Origin.in(run.model(), text, settings.seed()));
    }
    measured = state().measured(report.loss());
    listener.measured(report, measured.bestStep() == step);
  }

  private void save() {
    Gradients.firstNonFinite(run.model().parameters())
        .ifPresent(path -> {
          throw notFinite(step, "a weight is not finite", Optional.of(path));
        });
    listener.saving(step);
    if (measured.bestStep() == step) {
      checkpoints.saveBest(state(), identity, weights(run.model()));
    }
    SequencedMap<String, NativeTensor> all = learned();
    if (run.data().batch(step * settings.accumulate()).continues()) {
      run.model().states().forEach((path, tensor) -> all.put(STATE + path, tensor));
      all.put(POSITIONS, positions());
    }
    saved = Optional.of(checkpoints.save(state(), identity, all));
    listener.saved(step);
  }

  private NativeTensor positions() {
    long[] positions = run.model().positions();
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, positions.length);
    for (int i = 0; i < positions.length; i++) {
      tensor.segment().setAtIndex(ValueLayout.JAVA_LONG, i, positions[i]);
    }
    return tensor;
  }

  /** A model's parameters under the names that they have in checkpoints. */
  public static SequencedMap<String, NativeTensor> weights(GradientModel model) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    model.parameters().forEach((path, tensor) -> tensors.put(WEIGHT + path, tensor));
    return tensors;
  }

  /** What training changes: weights and moments. */
  private SequencedMap<String, NativeTensor> learned() {
    SequencedMap<String, NativeTensor> tensors = weights(run.model());
    run.optimiser()
        .firstMoments()
        .forEach((path, tensor) -> tensors.put(FIRST_MOMENT + path, tensor));
    run.optimiser()
        .secondMoments()
        .forEach((path, tensor) -> tensors.put(SECOND_MOMENT + path, tensor));
    return tensors;
  }
}
