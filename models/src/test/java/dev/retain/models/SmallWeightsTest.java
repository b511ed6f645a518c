package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Width;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What of RetNet is stored small, and how; that it computes the same is {@link OracleTest}'s. */
class SmallWeightsTest {
  private static final String SETTINGS = "vocab=64 d=64 value=128 ffn=192 heads=4 layers=1";

  private static ModelBuilder builder(String settings) {
    return Definitions.build(
        "retnet.ret", settings, ElementType.F32, ElementType.I8, List.of(Width.W256));
  }

  private static List<String> paths(ModelBuilder builder, Predicate<ParameterDescription> which) {
    return builder.compiled().description().parameters().stream()
        .filter(which)
        .map(ParameterDescription::path)
        .toList();
  }

  @Test
  void matricesLieInBlocksAndGainsAreNotStoredSmall() {
    ModelBuilder builder = builder(SETTINGS);

    assertThat(paths(builder, one -> !one.isSmall()))
        .containsExactly(
            "block.0.retention_norm.weight", "block.0.feed_norm.weight", "final_norm.weight");
    assertThat(paths(builder, one -> one.isSmall() && one.storage().rows() == 0))
        .containsExactly("embed.weight");
  }

  @Test
  void columnsThatFillNoBlockLieAsTheyAre() {
    assertThat(paths(builder(SETTINGS.replace("ffn=192", "ffn=200")), one -> one.isSmall()))
        .contains("block.0.feed.fc1.weight");
    assertThat(
            paths(builder(SETTINGS.replace("ffn=192", "ffn=200")), one -> one.storage().rows() > 0))
        .contains("block.0.feed.fc2.weight")
        .doesNotContain("block.0.feed.fc1.weight", "block.0.feed.gate.weight");
  }

  @Test
  void whatIsRoundedIsNotTrained() {
    ModelBuilder builder = builder(SETTINGS);

    assertThatThrownBy(
            () -> builder.openForTraining("chunkwise", 64, false, 0, Width.W256, Engine.shared()))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("stores its weights small")
        .hasMessageContaining("store the trained weights small");
  }
}
