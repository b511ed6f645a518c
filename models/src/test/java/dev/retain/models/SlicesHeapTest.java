package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step of training with several slices takes of the heap. */
class SlicesHeapTest {
  private static final int VOCABULARY = 8200;
  private static final int TIME = 700;
  private static final int MOST_STEPS = 500;

  /**
   * Once the JVM has compiled it; without vectors, of which kernels that are not compiled yet make
   * objects.
   */
  @Test
  void slicesTakeNothingOfTheHeap(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("heap.ret"), SlicesTest.HEADS.formatted("Linear"));
    ModelBuilder builder =
        Definitions.build(file.toString(), "dropout=0.0", ElementType.F32, List.of(Width.SCALAR));
    TrainingBatch batch =
        TrainingBatch.ofNextTokens(Definitions.tokens(new Random(3), 2, TIME, VOCABULARY));
    try (BlockGradientModel model =
        LossDifferences.open(builder, "chunkwise", TIME, 0, Engine.shared(), Width.SCALAR)) {
      long least = Long.MAX_VALUE;
      for (int step = 0; step < MOST_STEPS && least > 0; step++) {
        long before = Engine.shared().allocatedBytes();
        model.accumulate(batch, 1, false, 1);
        least = Math.min(least, Engine.shared().allocatedBytes() - before);
      }
      assertThat(least).isZero();
    }
  }
}
