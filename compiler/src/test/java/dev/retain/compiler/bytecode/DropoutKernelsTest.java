package dev.retain.compiler.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The noise of a dropout is read in the program's type, at every width of vectors. */
class DropoutKernelsTest {
  private static final int BATCH = 2;
  private static final int TIME = 5;
  private static final int WIDTH = 19;

  @ParameterizedTest
  @CsvSource({"F32, 512", "F32, 0", "F64, 512", "F64, 256"})
  void keepsWhereTheNoiseReachesTheRate(ElementType real, int bits) {
    Axis k = Axis.of("K", WIDTH);
    GraphBuilder graph = new GraphBuilder();
    int x = graph.parameter("x", List.of(Axis.BATCH, Axis.TIME, k), Span.none());
    int dropped = graph.dropout(x, 0.25, 3, Span.none());
    TensorProgram program =
        Dropouts.drawn(new TensorProgram("test", graph.build(), dropped, Map.of()));
    Random random = new Random(4);
    double[] values = random.doubles(BATCH * TIME * WIDTH, -1, 1).map(v -> (float) v).toArray();
    double[] noise = random.doubles(values.length).map(v -> (float) v).toArray();
    noise[3] = 0.25;
    double[] actual =
        new StageRunner(real, bits, 3)
            .run(program, Map.of("x", values, "noise.3", noise), BATCH, TIME);

    double scale = real == ElementType.F32 ? (float) (1 / 0.75) : 1 / 0.75;
    double[] expected =
        IntStream.range(0, values.length)
            .mapToDouble(i -> values[i] * (noise[i] < 0.25 ? 0 : scale))
            .map(v -> real == ElementType.F32 ? (float) v : v)
            .toArray();
    assertThat(actual).containsExactly(expected);
    assertThat(expected).contains(0.0);
  }
}
