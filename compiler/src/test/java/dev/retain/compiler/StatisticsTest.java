package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.tensor.OperationCount;
import dev.retain.compiler.tensor.OperationCount.Growth;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final Compilation FADING =
      Compilation.of(
          RetFiles.root().resolve("compiler/src/test/resources/golden/fading.ret"), Map.of());

  /** fading.ret has vocab 8, d = V = 4 and K = 2. */
  @Test
  void numbersOfASmallModelByHand() {
    assertThat(Statistics.of(FADING, ElementType.F32))
        .containsEntry("parameters", 8L * 4 + 2 * 4 * 2 + 4 * 8)
        .containsEntry("parameters without the vocabulary", 2L * 4 * 2)
        .containsEntry("bytes of state", 2L * 4 * 4)
        // q and k; decay, outer product and their sum; the read-out; the logits.
        .containsEntry(
            "operations per token, recurrent", 2L * (2 * 4 * 2) + 3 * 8 + 2 * 8 + 2 * 4 * 8);
  }

  @Test
  void growthIsWhatIsCountedAtEveryLength() {
    TensorProgram program = FADING.tensors(Form.PARALLEL, true);
    Growth growth = OperationCount.growth(program);
    // Scores and their products with values: two contractions, and pointwise work.
    assertThat(growth.perPair()).isGreaterThanOrEqualTo(2L * 2 + 2 * 4);
    for (long time : new long[] {1, 7, 64, 1000}) {
      assertThat(OperationCount.perToken(program, time))
          .isEqualTo(
              (growth.perBlock() + growth.perStep() * time + growth.perPair() * time * time)
                  / time);
    }
  }

  /** Of each product flow back two: one to each side. */
  @Test
  void trainingTakesThreeTimesWhatLossesTake() {
    Compilation retnet =
        Compilation.of(
            RetFiles.root().resolve("models/retnet.ret"),
            Map.of("d", "256", "heads", "4", "layers", "2", "value", "512", "ffn", "512"));
    TensorProgram logits = retnet.tensors(Form.PARALLEL, false);
    double losses = OperationCount.perToken(TrainingCompiler.losses(retnet, logits), 64);
    double training = OperationCount.perToken(TrainingCompiler.gradients(retnet, logits), 64);
    assertThat(training / losses).isBetween(2.9, 3.1);
  }
}
