package dev.retain.compiler.tuning;

import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.loops.Tilings;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.util.Map;
import java.util.Optional;

/**
 * How a model's work is cut on one machine.
 *
 * @param width the vectors that it was measured with; kernels for others are cut as usual
 * @param measured when, as text; empty if nothing was measured
 */
public record Tuning(Width width, Choice reading, Choice training, Optional<String> measured) {
  /** Longer ones are no faster in training: pairs of steps then take more than states do. */
  private static final int USUAL_TRAINING_CHUNK = 256;

  /** What is taken without a search. */
  public static Tuning usual(Width width) {
    return new Tuning(width, usualReading(width), usualTraining(width), Optional.empty());
  }

  public static Choice usualReading(Width width) {
    return new Choice(ModelDescription.USUAL_CHUNK, Tiling.usual(width.bits()));
  }

  public static Choice usualTraining(Width width) {
    return new Choice(USUAL_TRAINING_CHUNK, Tiling.usual(width.bits()));
  }

  /** Whether no search would be needed to come to this. */
  public boolean isUsual() {
    return reading.equals(usualReading(width)) && training.equals(usualTraining(width));
  }

  public Tilings readingTilings() {
    return tilings(reading);
  }

  public Tilings trainingTilings() {
    return tilings(training);
  }

  private Tilings tilings(Choice choice) {
    return new Tilings(Map.of(width.bits(), choice.tiling()));
  }

  /** What was measured, for the description of a model; empty if nothing was. */
  public Optional<String> text() {
    return measured.map(
        when -> "%s for %s, measured %s".formatted(reading.text(), width.text(), when));
  }
}
