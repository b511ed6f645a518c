package dev.retain.runtime.training.loop;

import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.files.Disk;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.training.FadingModel;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.checkpoint.CheckpointFolder;
import dev.retain.runtime.training.checkpoint.RunIdentity;
import dev.retain.runtime.training.data.Batches;
import dev.retain.runtime.training.data.ContinuedRows;
import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.CorpusBuilder;
import dev.retain.runtime.training.data.HeldOut;
import dev.retain.runtime.training.data.IndependentRows;
import dev.retain.runtime.training.data.Order;
import dev.retain.runtime.training.optimiser.AdamW;
import dev.retain.runtime.training.optimiser.LearningRate;
import dev.retain.runtime.training.optimiser.LearningRate.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Small runs of a small model on text with a pattern. */
public record Setup(
    int batch, int accumulate, long steps, long stopAt, long every, int patience, boolean carried) {
  private static final int VOCABULARY = 8;
  private static final int LENGTH = 12;

  public static final Setup DEFAULT = new Setup(2, 1, 20, 20, 5, 0, false);

  public Setup stoppingAt(long step) {
    return new Setup(batch, accumulate, steps, step, every, patience, carried);
  }

  public Setup carrying() {
    return new Setup(batch, accumulate, steps, stopAt, every, patience, true);
  }

  static Corpus text(int tokens, int phase) {
    CorpusBuilder builder = new CorpusBuilder(VOCABULARY);
    for (int i = 0; i < tokens; i++) {
      if (i % 41 == 0) {
        builder.startDocument();
      }
      builder.add((i * i + i / 3 + phase) % VOCABULARY);
    }
    return builder.build();
  }

  public GradientModel model() {
    return new FadingModel(VOCABULARY, batch, ElementType.F32, true);
  }

  Batches data() {
    Corpus corpus = text(300, 0);
    Optional<int[]> bytes = Optional.of(new int[] {1, 1, 1, 1, 2, 2, 2, 2});
    return carried
        ? new ContinuedRows(corpus, batch, LENGTH, bytes)
        : new IndependentRows(corpus, batch, LENGTH, bytes, Order.SHUFFLED, 5);
  }

  TrainingSettings settings() {
    LearningRate rate = new LearningRate(Shape.COSINE, 0.05, 3, steps);
    return new TrainingSettings(steps, stopAt, accumulate, rate, 0.5, 5, every, patience, 10);
  }

  public Run run(GradientModel model) {
    AdamW optimiser =
        new AdamW(
            model,
            AdamW.matrices(model.parameters()),
            new AdamW.Settings(0.9, 0.98, 1e-8, 0.05),
            Engine.shared());
    HeldOut heldOut = new HeldOut(text(100, 1), batch, LENGTH, Optional.empty(), 1000);
    return new Run(
        model,
        optimiser,
        data(),
        Optional.of(heldOut),
        Optional.of(() -> "sample of " + model.parameters().get("bias").getDouble(0)));
  }

  public Trainer trainer(
      Run run, Path folder, Disk disk, TrainingListener listener, BooleanSupplier stop) {
    LinkedHashMap<String, String> names = new LinkedHashMap<>();
    names.put("--batch", Integer.toString(batch));
    names.put("--steps", Long.toString(steps));
    RunIdentity identity = new RunIdentity(names, Map.of("tile", "8 x 3"));
    return new Trainer(
        run, settings(), new CheckpointFolder(folder, disk), identity, listener, stop);
  }
}
