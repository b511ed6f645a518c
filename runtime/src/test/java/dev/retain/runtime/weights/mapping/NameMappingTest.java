package dev.retain.runtime.weights.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.WeightsException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameMappingTest {
  private static final double[] ONE = {1};

  @TempDir Path folder;

  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void recognisesByKeys() {
    NameMapping mapping = Files.mapping();
    assertThat(mapping.recognise(Set.of("emb.weight", "layers.0.q.weight", "more")))
        .map(Layout::name)
        .contains("foreign");
    assertThat(mapping.recognise(Set.of("embed"))).map(Layout::name).contains("own");
    assertThat(mapping.recognise(Set.of("emb.weight"))).isEmpty();
  }

  @Test
  void saysWhyNoLayoutFits() {
    try (SafetensorsFile file = new Files(folder, arena).with("emb.weight", ONE, 1).open()) {
      assertThatThrownBy(() -> Files.mapping().recognise(SelectedTensors.of(file, List.of())))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              """
              %s: its tensors are in no layout of small.names.json
                not foreign: no layers.0.q.weight
                not own: no embed
                found: 1 tensor: emb.weight
              Give weights of this model, or add their layout to small.names.json\
              """
                  .formatted(file.path()));
    }
  }

  @Test
  void findsThePrefixesToSelect() {
    try (SafetensorsFile file =
        new Files(folder, arena)
            .with("grad.param.emb.weight", ONE, 1)
            .with("param.emb.weight", ONE, 1)
            .with("param.layers.0.q.weight", ONE, 1)
            .with("buffer.pos.decay", ONE, 1)
            .with("logits", ONE, 1)
            .open()) {
      assertThatThrownBy(() -> Files.mapping().recognise(SelectedTensors.of(file, List.of())))
          .hasMessageContaining("5 tensors: grad.param.emb.weight, ")
          .hasMessageEndingWith("Select the model's tensors by --prefix param.,buffer.");
      assertThat(
              Files.mapping()
                  .recognise(SelectedTensors.of(file, List.of("param.", "buffer.")))
                  .name())
          .isEqualTo("foreign");
    }
  }

  @Test
  void selectsByPrefix() {
    try (SafetensorsFile file =
        new Files(folder, arena)
            .with("a.x", ONE, 1)
            .with("a.b.y", ONE, 1, 1)
            .with("c.x", ONE, 1)
            .open()) {
      SelectedTensors selected = SelectedTensors.of(file, List.of("a.", "a.b."));
      assertThat(selected.names()).containsExactly("x", "y");
      assertThat(selected.shape("y")).containsExactly(1, 1);
      assertThat(SelectedTensors.of(file, List.of()).names()).hasSize(3);
      assertThatThrownBy(() -> SelectedTensors.of(file, List.of("a.", "c.")))
          .isInstanceOf(WeightsException.class)
          .hasMessageContaining("\"a.x\" and \"c.x\" have the same name without their prefixes");
      assertThatThrownBy(() -> SelectedTensors.of(file, List.of("param.")))
          .hasMessageContaining("none of its tensors begins with param.; it has 3 tensors: a.x, ");
    }
  }

  @Test
  void withoutNamesEveryFileIsInTheModelsOwnLayout() {
    try (SafetensorsFile file =
        new Files(folder, arena).with("embed", new double[20], 4, 5).with("b", ONE, 1).open()) {
      SelectedTensors selected = SelectedTensors.of(file, List.of());
      Layout layout = NameMapping.own().recognise(selected);
      assertThat(layout.hyperparameters(selected)).isEmpty();
      assertThatThrownBy(() ->
              layout.load(
                  selected, Files.parameters(1), List.of(), Map.of(), ElementType.F32, arena))
          .hasMessageContaining("in 2 places")
          .hasMessageContaining("missing: block.0.Wq")
          .hasMessageContaining("extra: b");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{               | line 1: ",
        "{} x            | line 1: ",
        "null            | expected a list \"layouts\"",
        "{}              | expected a list \"layouts\"",
        "{\"layout\": []} | unknown key \"layout\"; expected one of [about, layouts]",
        "{\"layouts\": 3} | \"layouts\": another kind of value",
        "{\"layouts\": [{\"tensors\": []}]} | \"layouts\"[0] \"tensors\": another kind of value",
        "{\"layouts\": [{\"tensors\": {\"a\": []}}]} | \"layouts\"[0] \"tensors\" \"a\": another",
        "{\"layouts\": []} | expected a list \"layouts\"",
        "{\"layouts\": [null]} | \"layouts\"[0]: another kind",
        "{\"layouts\": [{}]} | a layout has no \"name\"",
        "{\"layouts\": [{\"name\": \"a\"}]} | layout a: expected a list \"recognised_by\"",
        "{\"layouts\": [{\"name\": \"a\", \"recognised_by\": [\"x\"], \"ignored\": [null]}]}"
            + " | \"ignored\"[0]: another kind",
        "{\"layouts\": [{\"name\": \"a\", \"name\": \"b\"}]} | line 1: Duplicate",
        "{\"layouts\": [{\"name\": \"a\", \"recognised_by\": [\"x\"],"
            + " \"hyperparameters\": {\"d\": \"x\"}}]} | layout a: expected NAME[0], NAME[0,1]",
        "{\"layouts\": [{\"name\": \"a\", \"recognised_by\": [\"x\"],"
            + " \"tensors\": {\"d\": \"x\"}}]} | layout a: \"d\": \"x\": expected such as \"exp",
        "{\"layouts\": [{\"name\": \"a\", \"recognised_by\": [\"x\"],"
            + " \"tensors\": {\"d\": \"x: (a\"}}]} | layout a: \"d\": \"x: (a\": ",
        "{\"layouts\": [{\"name\": \"a\", \"recognised_by\": [\"x\"],"
            + " \"tensors\": {\"d\": \"x.{i}: a\"}}]} | a {place} that is not in \"d\"",
      })
  void saysWhatIsWrongWithAFileOfNames(String json, String message) {
    assertThatThrownBy(
            () -> NameMapping.read("m.names.json", json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(NamesException.class)
        .message()
        .startsWith("m.names.json: ")
        .contains(message)
        .doesNotContain("dev.retain", "java.util", "line -1");
  }

  @Test
  void saysThatThereIsNoFileOfNames() {
    assertThatThrownBy(() -> NameMapping.read(folder.resolve("none.names.json")))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("none.names.json");
  }
}
