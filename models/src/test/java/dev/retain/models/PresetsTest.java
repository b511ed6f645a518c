package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.tensor.Axis;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets have as many parameters as the papers and the reference implementations say. */
class PresetsTest {
  /** Parameters in millions: all but the embedding and the head, and all but the head. */
  @ParameterizedTest
  @CsvSource({
    "retnet.ret, base,       19.1,   44.8",
    "retnet.ret, medium,    203.5,  255.0",
    "retnet.ret, xl,       1217.0, 1320.0",
    "retnet.ret, 3b,       2520.0, 2648.0",
    "retnet.ret, 7b,       6510.0, 6716.0",
    // 24 or 32 times 12 d^2, biases and norms.
    "retnet-paper.ret, 1.3b, 1209.0, 1312.0",
    "retnet-paper.ret, 2.7b, 2518.0, 2646.5",
    "retnet-paper.ret, 6.7b, 6445.0, 6651.0",
  })
  void parameterCounts(String file, String preset, double body, double withEmbedding) {
    Compilation compilation =
        Compilation.of(Path.of(file), Map.of("preset", preset, "vocab", "50257"));
    long all = count(compilation, List.of("readout.weight"));
    long inner = count(compilation, List.of("readout.weight", "embed.weight"));
    double precision = body < 1000 ? 0.05 : 5;
    assertThat(Math.abs(inner / 1e6 - body)).as("%s", inner).isLessThanOrEqualTo(precision);
    assertThat(Math.abs(all / 1e6 - withEmbedding))
        .as("%s", all)
        .isLessThanOrEqualTo(precision * 10);
  }

  private static long count(Compilation compilation, List<String> without) {
    return compilation.model().parameters().stream()
        .filter(parameter -> !without.contains(parameter.path()))
        .mapToLong(
            parameter -> parameter.axes().stream().mapToLong(Axis::size).reduce(1, (a, b) -> a * b))
        .sum();
  }
}
