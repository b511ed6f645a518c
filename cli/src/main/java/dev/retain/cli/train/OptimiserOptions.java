package dev.retain.cli.train;

import dev.retain.cli.console.PositiveNumber;
import dev.retain.runtime.training.loop.TrainingSettings;
import dev.retain.runtime.training.optimiser.AdamW;
import dev.retain.runtime.training.optimiser.LearningRate;
import dev.retain.runtime.training.optimiser.LearningRate.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How weights change, and for how long. The defaults are those of RetNet's authors. */
final class OptimiserOptions {
  private static final int LONGEST_WARMUP = 375;
  private static final int WARMUP_PART = 10;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "1000",
      description = "Updates of the whole run (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--stop-at",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Stop after so many updates; the run can be resumed (default: --steps).")
  private Optional<Integer> stopAt = Optional.empty();

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "1",
      description = "Batches of one update (default: ${DEFAULT-VALUE}).")
  private int accumulate;

  @Option(
      names = "--lr",
      paramLabel = "X",
      defaultValue = "6e-4",
      description = "The largest learning rate (default: ${DEFAULT-VALUE}).")
  private double peak;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description =
          "Updates over which the learning rate rises (default: a tenth of the steps, 375 at"
              + " most).")
  private Optional<Integer> warmup = Optional.empty();

  @Option(
      names = "--schedule",
      paramLabel = "SHAPE",
      defaultValue = "linear",
      description =
          "How the learning rate falls afterwards, to 0 at the last step: linear or cosine; or"
              + " constant (default: ${DEFAULT-VALUE}).")
  private String shape;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      defaultValue = "0.05",
      description =
          "Times the learning rate, what a weight loses at each update; only tensors of two or more"
              + " axes do (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--beta1",
      paramLabel = "X",
      defaultValue = "0.9",
      description = "AdamW: what is kept of the mean gradient (default: ${DEFAULT-VALUE}).")
  private double beta1;

  @Option(
      names = "--beta2",
      paramLabel = "X",
      defaultValue = "0.98",
      description = "AdamW: what is kept of the mean square (default: ${DEFAULT-VALUE}).")
  private double beta2;

  @Option(
      names = "--eps",
      paramLabel = "X",
      defaultValue = "1e-8",
      description = "AdamW: added to the root of the mean square (default: ${DEFAULT-VALUE}).")
  private double epsilon;

  @Option(
      names = "--clip",
      paramLabel = "X",
      defaultValue = "2",
      description =
          "The largest norm of all gradients together; 0 for none (default: ${DEFAULT-VALUE}).")
  private double clip;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "From which initial weights, the order of the data, dropout and samples are drawn"
              + " (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--every",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "250",
      description =
          "Measure by the held-out text, and write a checkpoint and the report, after every so many"
              + " updates (default: ${DEFAULT-VALUE}).")
  private int every;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Stop when the held-out text was not predicted better in so many measurements; 0 for"
              + " never (default).")
  private int patience;

  @Option(
      names = "--sample-every",
      paramLabel = "N",
      description =
          "Let the model write after every so many updates; 0 for never (default: --every).")
  private Optional<Integer> sampleEvery = Optional.empty();

  long seed() {
    return seed;
  }

  /** What is wrong with these options, if anything. */
  Optional<String> problem() {
    if (stopAt.filter(step -> step > steps).isPresent()) {
      return Optional.of("--stop-at is after the last step; --steps is " + steps);
    }
    if (!(peak >= 0) || Double.isInfinite(peak)) {
      return Optional.of("--lr must be a positive number, for example 6e-4");
    }
    if (!(weightDecay >= 0 && epsilon >= 0 && clip >= 0)) {
      return Optional.of("--weight-decay, --eps and --clip must not be negative");
    }
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      return Optional.of("--beta1 and --beta2 must be from 0 to below 1");
    }
    if (patience < 0 || warmup.filter(n -> n < 0).isPresent() || sampleEvery.orElse(0) < 0) {
      return Optional.of("--patience, --warmup and --sample-every must not be negative");
    }
    boolean isShape =
        Arrays.stream(Shape.values()).map(OptimiserOptions::text).anyMatch(shape::equals);
    return isShape
        ? Optional.empty()
        : Optional.of(
            "--schedule must be one of %s, not '%s'"
                .formatted(
                    Arrays.stream(Shape.values())
                        .map(OptimiserOptions::text)
                        .collect(Collectors.joining(", ")),
                    shape));
  }

  private static String text(Shape shape) {
    return shape.name().toLowerCase(Locale.ROOT);
  }

  TrainingSettings settings() {
    return new TrainingSettings(
        steps,
        stopAt.orElse(steps),
        accumulate,
        new LearningRate(Shape.valueOf(shape.toUpperCase(Locale.ROOT)), peak, warmup(), steps),
        clip == 0 ? Double.POSITIVE_INFINITY : clip,
        seed,
        every,
        patience,
        sampleEvery.orElse(every));
  }

  AdamW.Settings optimiser() {
    return new AdamW.Settings(beta1, beta2, epsilon, weightDecay);
  }

  private int warmup() {
    return warmup.orElse(Math.min(LONGEST_WARMUP, steps / WARMUP_PART));
  }

  /** All that results depend on. */
  void addSettings(SequencedMap<String, String> settings) {
    settings.put("--steps", Integer.toString(steps));
    settings.put("--accumulate", Integer.toString(accumulate));
    settings.put("--lr", Double.toString(peak));
    settings.put("--warmup", Integer.toString(warmup()));
    settings.put("--schedule", shape);
    settings.put("--weight-decay", Double.toString(weightDecay));
    settings.put("--beta1", Double.toString(beta1));
    settings.put("--beta2", Double.toString(beta2));
    settings.put("--eps", Double.toString(epsilon));
    settings.put("--clip", Double.toString(clip));
    settings.put("--seed", Long.toString(seed));
    settings.put("--every", Integer.toString(every));
    settings.put("--patience", Integer.toString(patience));
  }
}
