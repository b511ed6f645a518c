package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import dev.retain.runtime.training.optimiser.AdamW;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** 200 updates on one batch, in each form and type: all are the same training. */
class LossCurveTest {
  private static final int UPDATES = 200;
  private static final double CLIP = 2;
  private static final List<String> FORMS = List.of("recurrent", "parallel", "chunkwise");

  @Test
  void formsAndTypesHaveTheSameLosses() throws IOException {
    List<String> lines = new ArrayList<>();
    double[] first = losses(FORMS.getFirst(), ElementType.F64);
    for (String form : FORMS) {
      double[] exact = losses(form, ElementType.F64);
      double ofForm = distance(exact, first);
      double ofRounding = distance(losses(form, ElementType.F32), exact);
      lines.add("%s: forms %.1e, float32 %.1e".formatted(form, ofForm, ofRounding));
      assertThat(ofForm).as(form).isLessThan(1e-9);
      assertThat(ofRounding).as(form).isLessThan(1e-4);
    }
    assertThat(first[UPDATES - 1]).isLessThan(first[0] / 2);
    Files.write(Path.of("target/loss-curves.txt"), lines);
  }

  private static double distance(double[] losses, double[] expected) {
    double largest = 0;
    for (int i = 0; i < losses.length; i++) {
      double distance = Math.abs(losses[i] - expected[i]) / expected[i];
      largest = Math.max(largest, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
    }
    return largest;
  }

  /** Before each update, in nats for each token. */
  private static double[] losses(String form, ElementType real) {
    Golden golden = new Golden("torchscale_tiny", ElementType.F32);
    ModelBuilder builder =
        ModelBuilder.build(
            new ModelBuilder.Request(
                Path.of("retnet.ret"),
                Map.of(),
                Optional.of(golden.path()),
                List.of("param.", "buffer."),
                OptionalLong.empty(),
                real,
                List.of(Width.W512)));
    Width width = MachineWidth.choose("retnet", Set.of(Width.values()));
    TrainingBatch batch = TrainingBatch.ofNextTokens(golden.tokens());
    double targets = batch.targetCount();
    double[] losses = new double[UPDATES];
    try (BlockGradientModel model =
        builder
            .openForTraining(form, 5, false, BlockGradientModel.USUAL_WORK, width, Engine.shared())
            .model()) {
      AdamW optimiser =
          new AdamW(
              model,
              AdamW.matrices(model.parameters()),
              new AdamW.Settings(0.9, 0.98, 1e-8, 0.05),
              Engine.shared());
      for (int i = 0; i < UPDATES; i++) {
        model.clear();
        losses[i] = model.accumulate(batch, 1 / targets, false, 0) / targets;
        optimiser.update(i, 6e-4, Math.min(1, CLIP / optimiser.norm()));
      }
    }
    return losses;
  }
}
