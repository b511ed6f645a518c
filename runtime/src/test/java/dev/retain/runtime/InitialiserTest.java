package dev.retain.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.ParameterDescription;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class InitialiserTest {
  private static final int SIZE = 20_000;

  private static double[] draw(ElementType type, String path, Initial initial, long seed) {
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), type, SIZE);
    ParameterDescription parameter =
        new ParameterDescription(path, List.of((long) SIZE), List.of("d"), initial);
    Initialiser.fill(tensor, parameter, seed);
    return LongStream.range(0, SIZE).mapToDouble(tensor::getDouble).toArray();
  }

  @Test
  void valuesHaveTheirDistribution() {
    double[] uniform = draw(ElementType.F64, "w", new Initial.Uniform(0.3), 1);
    assertThat(Arrays.stream(uniform).max().getAsDouble()).isBetween(0.299, 0.3);
    assertThat(mean(uniform)).isCloseTo(0, within(0.01));
    assertThat(deviation(uniform)).isCloseTo(0.3 / Math.sqrt(3), within(0.003));

    double[] normal = draw(ElementType.F64, "w", new Initial.Normal(0.02), 1);
    assertThat(mean(normal)).isCloseTo(0, within(0.001));
    assertThat(deviation(normal)).isCloseTo(0.02, within(0.001));

    assertThat(draw(ElementType.F32, "w", new Initial.Fill(1), 1)).containsOnly(1.0);
  }

  @Test
  void seedAndPathDecide() {
    Initial initial = new Initial.Normal(1);
    double[] values = draw(ElementType.F64, "a.b", initial, 7);

    assertThat(draw(ElementType.F64, "a.b", initial, 7)).isEqualTo(values);
    assertThat(draw(ElementType.F64, "a.c", initial, 7)).isNotEqualTo(values);
    assertThat(draw(ElementType.F64, "a.b", initial, 8)).isNotEqualTo(values);
    assertThat(values[0]).isNotEqualTo(values[1]);
    double[] rounded = draw(ElementType.F32, "a.b", initial, 7);
    for (int i = 0; i < SIZE; i++) {
      assertThat(rounded[i]).isEqualTo((float) values[i]);
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().getAsDouble();
  }

  private static double deviation(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().getAsDouble());
  }
}
