package dev.retain.runtime.training.optimiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.FadingModel;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdamWTest {
  private static final AdamW.Settings PAPER = new AdamW.Settings(0.9, 0.98, 1e-8, 0.05);

  private static AdamW optimiser(FadingModel model) {
    return new AdamW(model, AdamW.matrices(model.parameters()), PAPER, Engine.shared());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void followsThePaperElementByElement(ElementType type) {
    FadingModel model = new FadingModel(50, 1, type, false);
    AdamW optimiser = optimiser(model);
    Random random = new Random(1);
    NativeTensor table = model.parameters().get("table");
    NativeTensor bias = model.parameters().get("bias");
    double weight = table.getDouble(77);
    double vector = bias.getDouble(7);
    double[] moments = new double[4];
    for (int t = 1; t <= 20; t++) {
      model
          .gradients()
          .values()
          .forEach(gradient -> {
            for (int i = 0; i < gradient.size(); i++) {
              gradient.setDouble(i, random.nextGaussian());
            }
          });
      double rate = 0.01 / t;
      double scale = 0.5;
      weight -= rate * 0.05 * weight;
      weight -= step(moments, 0, scale * model.gradients().get("table").getDouble(77), t, rate);
      vector -= step(moments, 2, scale * model.gradients().get("bias").getDouble(7), t, rate);
      optimiser.update(t - 1, rate, scale);
    }
    double error = type == ElementType.F32 ? 1e-6 : 1e-14;
    assertThat(table.getDouble(77)).isCloseTo(weight, within(error));
    assertThat(bias.getDouble(7)).isCloseTo(vector, within(error));
    assertThat(optimiser.firstMoments().get("table").getDouble(77))
        .isCloseTo(moments[0], within(error));
    assertThat(optimiser.secondMoments().get("bias").getDouble(7))
        .isCloseTo(moments[3], within(error));
  }

  private static double step(double[] moments, int at, double gradient, int t, double rate) {
    moments[at] = 0.9 * moments[at] + 0.1 * gradient;
    moments[at + 1] = 0.98 * moments[at + 1] + 0.02 * gradient * gradient;
    double mean = moments[at] / (1 - Math.pow(0.9, t));
    double square = moments[at + 1] / (1 - Math.pow(0.98, t));
    return rate * mean / (Math.sqrt(square) + 1e-8);
  }

  @Test
  void decayIsForMatricesAlone() {
    FadingModel model = new FadingModel(50, 1, ElementType.F64, false);
    model.parameters().values().forEach(tensor -> tensor.fill(1));
    optimiser(model).update(0, 0.1, 1);
    assertThat(model.parameters().get("table").getDouble(2499)).isEqualTo(1 - 0.1 * 0.05);
    assertThat(model.parameters().get("bias").getDouble(49)).isEqualTo(1);
  }

  @Test
  void theNormIsThatOfAllElements() {
    FadingModel model = new FadingModel(70, 1, ElementType.F32, false);
    model.gradients().values().forEach(tensor -> tensor.fill(2));
    assertThat(optimiser(model).norm()).isEqualTo(2 * Math.sqrt(70 * 71));
    model.gradients().get("table").setDouble(0, 3);
    model.gradients().get("bias").setDouble(69, 4);
    assertThat(optimiser(model).norm()).isCloseTo(Math.sqrt(4 * (70 * 71 - 2) + 25), within(1e-12));
  }

  @Test
  void theFirstTensorThatIsNotFiniteIsNamed() {
    FadingModel model = new FadingModel(70, 1, ElementType.F32, false);
    assertThat(Gradients.firstNonFinite(model.parameters())).isEmpty();
    model.parameters().get("bias").setDouble(69, Double.NaN);
    assertThat(Gradients.firstNonFinite(model.parameters())).contains("bias");
    model.parameters().get("table").setDouble(4899, Double.NEGATIVE_INFINITY);
    assertThat(Gradients.firstNonFinite(model.parameters())).contains("table");
  }
}
