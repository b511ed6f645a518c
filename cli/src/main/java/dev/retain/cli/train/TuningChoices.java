package dev.retain.cli.train;

import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a run's work is cut, as its checkpoints keep it: sums run in another order if products are
 * cut otherwise, so that a resumed run would end with other bits.
 */
final class TuningChoices {
  private static final String MEASURED = "measured";
  private static final String WIDTH = "vectors";
  private static final String READING = "reading";
  private static final String TRAINING = "training";

  private TuningChoices() {}

  /** Nothing if nothing was measured. */
  static Map<String, String> of(Tuning tuning) {
    Map<String, String> choices = new LinkedHashMap<>();
    tuning
        .measured()
        .ifPresent(when -> {
          choices.put(MEASURED, when);
          choices.put(WIDTH, tuning.width().text());
          choices.put(READING, text(tuning.reading()));
          choices.put(TRAINING, text(tuning.training()));
        });
    return choices;
  }

  private static String text(Choice choice) {
    Tiling tiling = choice.tiling();
    return "%d %d %d %d %d %d"
        .formatted(
            choice.chunk(),
            tiling.height(),
            tiling.vectors(),
            tiling.columns(),
            tiling.rows(),
            tiling.depthBytes());
  }

  /**
   * What {@link #of} made.
   *
   * @throws TrainingException if it is something else
   */
  static Tuning read(Map<String, String> choices) {
    if (choices.isEmpty()) {
      return Tuning.usual(Width.W512);
    }
    try {
      return new Tuning(
          Width.of(choices.getOrDefault(WIDTH, "")).orElseThrow(IllegalArgumentException::new),
          choice(choices.getOrDefault(READING, "")),
          choice(choices.getOrDefault(TRAINING, "")),
          Optional.ofNullable(choices.get(MEASURED)));
    } catch (IllegalArgumentException e) {
      throw new TrainingException(
          "the checkpoint was cut in a way that this version does not know: %s; begin another run with another --out"
              .formatted(choices));
    }
  }

  private static Choice choice(String text) {
    List<Integer> numbers = Stream.of(text.split(" ")).map(Integer::valueOf).toList();
    if (numbers.size() != 6) {
      throw new IllegalArgumentException("expected 6 numbers, found " + text);
    }
    return new Choice(
        numbers.get(0),
        new Tiling(numbers.get(1), numbers.get(2), numbers.get(3), numbers.get(4), numbers.get(5)));
  }
}
