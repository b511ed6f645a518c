package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.files.Disk;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import dev.retain.runtime.training.checkpoint.CheckpointFolder;
import dev.retain.runtime.training.checkpoint.RunIdentity;
import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.CorpusBuilder;
import dev.retain.runtime.training.data.IndependentRows;
import dev.retain.runtime.training.data.Order;
import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.Run;
import dev.retain.runtime.training.loop.StepReport;
import dev.retain.runtime.training.loop.Trainer;
import dev.retain.runtime.training.loop.TrainingListener;
import dev.retain.runtime.training.loop.TrainingSettings;
import dev.retain.runtime.training.optimiser.AdamW;
import dev.retain.runtime.training.optimiser.LearningRate;
import dev.retain.runtime.training.report.RunReports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gradients take of memory: of native memory for a sequence, of the heap for a call. */
class TrainingMemoryTest {
  private static final int CHUNK = 64;
  private static final int VOCABULARY = 11;
  private static final long STEPS = 10;
  private static final long WINDOWS = 4000;

  private static final Width WIDTH = MachineWidth.choose("model", Set.of(Width.values()));

  private static BlockGradientModel model(String setting, long work, Width width) {
    return LossDifferences.open(
        Definitions.build(
            "retnet.ret",
            "vocab=11 d=8 heads=2 layers=1 value=8 ffn=8 " + setting,
            ElementType.F32,
            List.of(Width.W512)),
        "chunkwise",
        CHUNK,
        work,
        Engine.shared(),
        width);
  }

  private static TrainingBatch batch(int time) {
    return TrainingBatch.ofNextTokens(Definitions.tokens(new Random(2), 1, time, VOCABULARY));
  }

  private static long bytes(int time, long work) {
    try (BlockGradientModel model = model("dropout=0.0", work, WIDTH)) {
      model.accumulate(batch(time), 1, false, 0);
      return model.bytes();
    }
  }

  /** A sequence takes one state a chunk and nothing else that grows with it. */
  @Test
  void growsByOneStateForEachChunk() {
    long state;
    try (BlockGradientModel model = model("dropout=0.0", 0, WIDTH)) {
      model.accumulate(batch(CHUNK), 1, false, 0);
      state = model.states().values().stream().mapToLong(t -> t.segment().byteSize()).sum();
    }
    long shortest = bytes(1024, 0);
    for (int time : List.of(2048, 8192, 65536)) {
      assertThat(bytes(time, 0) - shortest).isEqualTo((time - 1024) / CHUNK * state);
    }
  }

  /** Blocks keep their work if all of it has room. */
  @Test
  void keepsWorkThatHasRoom() {
    long again = bytes(1024, 0);
    long kept = bytes(1024, BlockGradientModel.USUAL_WORK);
    assertThat(kept).isGreaterThan(2 * again);
    assertThat(bytes(1024, again)).isEqualTo(again);
    assertThat(bytes(1024, kept)).isEqualTo(kept);
  }

  /**
   * In steps of two batches, of rows in which documents begin and whose last block is shorter, with
   * dropout, with all reports but the lines of progress; but for an epoch, of which the order takes
   * some bytes.
   */
  @Test
  void aStepTakesNothingOfTheHeap(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("tensorboard"));
    Engine engine = Engine.shared();
    Corpus corpus = corpus();
    try (BlockGradientModel model = model("dropout=0.1", BlockGradientModel.USUAL_WORK, WIDTH)) {
      AdamW optimiser =
          new AdamW(
              model,
              AdamW.matrices(model.parameters()),
              new AdamW.Settings(0.9, 0.98, 1e-8, 0.05),
              engine);
      IndependentRows rows =
          new IndependentRows(
              corpus, 2, CHUNK + 16, Optional.of(new int[VOCABULARY]), Order.SHUFFLED, 1);
      TrainingSettings settings =
          new TrainingSettings(
              Long.MAX_VALUE,
              Long.MAX_VALUE,
              2,
              new LearningRate(LearningRate.Shape.COSINE, 1e-3, 10, STEPS * WINDOWS),
              1,
              3,
              Long.MAX_VALUE,
              0,
              0);
      RunReports.About about =
          new RunReports.About(
              "model",
              new LinkedHashMap<>(),
              STEPS * WINDOWS,
              OptionalDouble.of(1e6),
              () -> 1e9,
              LinkedHashMap::new);
      try (RunReports reports = new RunReports(folder, Disk.REAL, about, System.err, false)) {
        Allocations allocations = new Allocations(reports);
        new Trainer(
                new Run(model, optimiser, rows, Optional.empty(), Optional.empty()),
                settings,
                new CheckpointFolder(folder, Disk.REAL),
                new RunIdentity(new LinkedHashMap<>(), Map.of()),
                allocations,
                allocations::isSettled)
            .train();
        assertThat(allocations.least).isZero();
      }
    }
  }

  private static Corpus corpus() {
    CorpusBuilder corpus = new CorpusBuilder(VOCABULARY);
    Random random = new Random(4);
    for (int i = 0; i < 50_000; i++) {
      if (i % 70 == 0) {
        corpus.startDocument();
      }
      corpus.add(random.nextInt(VOCABULARY));
    }
    return corpus.build();
  }

  /** What windows of steps took of the heap. */
  private static final class Allocations implements TrainingListener {
    private final TrainingListener reports;
    private long windows;
    private long before;
    private long least = Long.MAX_VALUE;

    Allocations(TrainingListener reports) {
      this.reports = reports;
    }

    @Override
    public void begins(long step) {
      reports.begins(step);
    }

    @Override
    public void stepped(StepReport report) {
      reports.stepped(report);
      if (report.step() % STEPS == 0) {
        long now = Engine.shared().allocatedBytes();
        least = windows == 0 ? least : Math.min(least, now - before);
        windows++;
        before = Engine.shared().allocatedBytes();
      }
    }

    /** The JVM's compiler needs some time to see that nothing need be allocated. */
    boolean isSettled() {
      return windows == WINDOWS || least == 0;
    }

    @Override
    public void measured(HeldOutReport report, boolean best) {}

    @Override
    public void sampled(long step, String text) {}

    @Override
    public void saving(long step) {}

    @Override
    public void saved(long step) {}
  }
}
