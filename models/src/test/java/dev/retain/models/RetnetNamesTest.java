package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.Elaborator;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import dev.retain.runtime.weights.WeightsException;
import dev.retain.runtime.weights.mapping.Layout;
import dev.retain.runtime.weights.mapping.NameMapping;
import dev.retain.runtime.weights.mapping.SelectedTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of retnet.ret's tensors in the checkpoints of the references. */
class RetnetNamesTest {
  private static final NameMapping NAMES = names();
  private static final List<String> PREFIXES = List.of("param.", "buffer.");

  private static NameMapping names() {
    try (InputStream json = RetnetNamesTest.class.getResourceAsStream("retnet.names.json")) {
      return NameMapping.read("retnet.names.json", json.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SafetensorsFile golden(String name) {
    try {
      return SafetensorsFile.open(
          Path.of(RetnetNamesTest.class.getResource("/golden/" + name + ".safetensors").toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The model of retnet.ret with these hyperparameters. */
  private static Model model(Map<String, String> hyperparameters) {
    Diagnostics diagnostics = new Diagnostics();
    Program program = ProgramLoader.load(Path.of("retnet.ret"), diagnostics);
    return Elaborator.elaborate(program, program.models().getFirst(), hyperparameters, diagnostics);
  }

  private static List<ParameterDescription> parameters(Map<String, String> hyperparameters) {
    return model(hyperparameters).parameters().stream()
        .map(parameter ->
            new ParameterDescription(
                parameter.path(),
                sizes(parameter.axes()),
                parameter.axes().stream().map(Axis::name).toList(),
                parameter.initial()))
        .toList();
  }

  private static List<ConstantDescription> constants(Map<String, String> hyperparameters) {
    return model(hyperparameters).constants().stream()
        .map(constant ->
            new ConstantDescription(
                constant.path(),
                sizes(constant.axes()),
                constant.axes().stream().map(Axis::name).toList()))
        .toList();
  }

  private static List<Long> sizes(List<Axis> axes) {
    return axes.stream().map(axis -> (long) axis.size()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "torchscale_one,    torchscale,  8, 16, 16, 1, 1, false",
    "torchscale_tiny,   torchscale, 32, 64, 64, 4, 2, false",
    "torchscale_odd,    torchscale, 32, 48, 40, 4, 2, false",
    "torchscale_emb,    torchscale, 32, 64, 64, 4, 2, true",
    "syncdoth_tiny,     syncdoth,   32, 64, 64, 4, 2, false",
  })
  void hyperparametersFollowAndWeightsSurviveTheRoundTrip(
      String name,
      String layoutName,
      String d,
      String value,
      String ffn,
      String heads,
      String layers,
      String embedNorm) {
    for (ElementType type : List.of(ElementType.F32, ElementType.F64)) {
      try (SafetensorsFile file = golden(name + (type == ElementType.F32 ? "_f32" : "_f64"));
          Arena arena = Arena.ofConfined()) {
        SelectedTensors selected = SelectedTensors.of(file, PREFIXES);
        Layout layout = NAMES.recognise(selected);
        assertThat(layout.name()).isEqualTo(layoutName);
        Map<String, String> hyperparameters = layout.hyperparameters(selected);
        assertThat(hyperparameters)
            .containsExactly(
                Map.entry("vocab", "97"),
                Map.entry("d", d),
                Map.entry("value", value),
                Map.entry("ffn", ffn),
                Map.entry("heads", heads),
                Map.entry("layers", layers),
                Map.entry("embed_norm", embedNorm));
        assertRoundTrip(layout, selected, file, hyperparameters, type, arena);
      }
    }
  }

  private static void assertRoundTrip(
      Layout layout,
      SelectedTensors selected,
      SafetensorsFile file,
      Map<String, String> hyperparameters,
      ElementType type,
      Arena arena) {
    List<ParameterDescription> parameters = parameters(hyperparameters);
    List<ConstantDescription> constants = constants(hyperparameters);
    Map<String, NativeTensor> own =
        layout.load(selected, parameters, constants, hyperparameters, type, arena);
    assertThat(own).hasSize(parameters.size() + 2);

    Map<String, NativeTensor> written = layout.export(own, parameters, constants, arena);

    assertThat(written.keySet()).containsExactlyInAnyOrderElementsOf(selected.names());
    written.forEach((foreign, tensor) -> {
      boolean buffer = foreign.contains("retnet_rel_pos");
      NativeTensor expected =
          file.read(
              (buffer ? "buffer." : "param.") + foreign, buffer ? ElementType.F64 : type, arena);
      assertThat(tensor).hasToString(expected.toString());
      if (foreign.endsWith("decay")) {
        // Near 1 gamma has an absolute error of 1e-16, and so has its logarithm.
        assertThat(distance(tensor, expected)).isLessThan(2e-16);
      } else {
        assertThat(tensor.segment().mismatch(expected.segment())).as(foreign).isEqualTo(-1);
      }
    });
  }

  private static double distance(NativeTensor left, NativeTensor right) {
    return LongStream.range(0, left.size())
        .mapToDouble(i -> Math.abs(left.getDouble(i) - right.getDouble(i)))
        .max()
        .orElseThrow();
  }

  @Test
  void gammaAndThetaAreThoseOfTheModel() {
    try (SafetensorsFile file = golden("torchscale_tiny_f64");
        Arena arena = Arena.ofConfined()) {
      SelectedTensors selected = SelectedTensors.of(file, PREFIXES);
      Layout layout = NAMES.recognise(selected);
      Map<String, String> hyperparameters = layout.hyperparameters(selected);
      Map<String, NativeTensor> own =
          layout.load(
              selected,
              parameters(hyperparameters),
              constants(hyperparameters),
              hyperparameters,
              ElementType.F64,
              arena);
      for (int head = 0; head < 4; head++) {
        double gamma = 1 - Math.scalb(1.0, -5 - head);
        assertThat(Math.abs(own.get("gamma").getDouble(head) - gamma)).isLessThan(1e-15);
      }
      for (int pair = 0; pair < 4; pair++) {
        double theta = Math.pow(10000, -pair / 3.0);
        assertThat(Math.abs(own.get("theta").getDouble(pair) / theta - 1)).isLessThan(1e-14);
      }
      // Channel 5 of head 1 for input 7 is row 1 * 8 + 5 and column 7 of the stored matrix.
      NativeTensor stored = file.read("param.layers.1.retention.q_proj.weight", arena);
      assertThat(own.get("block.1.retention.Wq").getDouble(7 * 32 + 13))
          .isEqualTo(stored.getDouble(13 * 32 + 7));
    }
  }

  @ParameterizedTest
  @CsvSource({"syncdoth_odd_f32, 48", "syncdoth_leftpad_f32, 64"})
  void huggingFaceNamesAreRecognised(String name, String value) {
    try (SafetensorsFile file = golden(name)) {
      SelectedTensors selected = SelectedTensors.of(file, PREFIXES);
      Layout layout = NAMES.recognise(selected);
      assertThat(layout.name()).isEqualTo("syncdoth");
      assertThat(layout.hyperparameters(selected)).containsEntry("value", value);
    }
  }

  @Test
  void prefixesAreSuggested() {
    try (SafetensorsFile file = golden("syncdoth_tiny_f32")) {
      assertThatThrownBy(() -> NAMES.recognise(SelectedTensors.of(file, List.of())))
          .isInstanceOf(WeightsException.class)
          .hasMessageContaining("not torchscale: no embed_tokens.weight, layers.0.retention")
          .hasMessageContaining("not syncdoth: no model.embed_tokens.weight, ")
          .hasMessageContaining("not retain: no embed.weight, block.0.retention.Wq")
          .hasMessageEndingWith("Select the model's tensors by --prefix param.,buffer.");
    }
  }

  @Test
  void weightsOfAnotherModelNameWhatDiffers() {
    try (SafetensorsFile file = golden("torchscale_odd_f32");
        Arena arena = Arena.ofConfined()) {
      SelectedTensors selected = SelectedTensors.of(file, PREFIXES);
      Layout layout = NAMES.recognise(selected);
      Map<String, String> hyperparameters = new LinkedHashMap<>(layout.hyperparameters(selected));
      hyperparameters.put("layers", "3");
      hyperparameters.put("value", "64");
      hyperparameters.put("embed_norm", "true");
      assertThatThrownBy(() ->
              layout.load(
                  selected,
                  parameters(hyperparameters),
                  constants(hyperparameters),
                  hyperparameters,
                  ElementType.F32,
                  arena))
          .isInstanceOf(WeightsException.class)
          .hasMessageContaining("do not fit the model in 17 places")
          .hasMessageContaining("missing: layernorm_embedding.weight, embed_norm_layer.weight")
          .hasMessageContaining("missing: layers.2.ffn.fc2.weight, block.2.feed.fc2.weight stored")
          .hasMessageContaining(
              "mis-shaped: layers.1.retention.out_proj.weight is [32, 48], expected [32, 64] for"
                  + " block.1.retention.Wo stored as d=32 (head=4 V=16)")
          .hasMessageContaining("value = 48, by layers.0.retention.v_proj.weight[0], where")
          .hasMessageContaining("layers = 2, by the number of layers.{i}.retention.q_proj.weight,")
          .hasMessageContaining("embed_norm = false, by whether there is layernorm_embedding");
    }
  }

  /** A file under the model's own names gives back the same hyperparameters and tensors. */
  @Test
  void ownNamesAreALayoutToo(@TempDir Path folder) {
    try (SafetensorsFile file = golden("torchscale_odd_f64");
        Arena arena = Arena.ofConfined()) {
      SelectedTensors selected = SelectedTensors.of(file, PREFIXES);
      Layout foreign = NAMES.recognise(selected);
      Map<String, String> hyperparameters = foreign.hyperparameters(selected);
      List<ParameterDescription> parameters = parameters(hyperparameters);
      List<ConstantDescription> constants = constants(hyperparameters);
      Map<String, NativeTensor> own =
          foreign.load(selected, parameters, constants, hyperparameters, ElementType.F64, arena);
      Layout retain = NAMES.layout("retain").orElseThrow();
      Path path = folder.resolve("own.safetensors");
      SafetensorsWriter.write(path, retain.export(own, parameters, constants, arena), Map.of());

      try (SafetensorsFile again = SafetensorsFile.open(path)) {
        SelectedTensors all = SelectedTensors.of(again, List.of());
        assertThat(NAMES.recognise(all).name()).isEqualTo("retain");
        assertThat(retain.hyperparameters(all)).isEqualTo(hyperparameters);
        retain
            .load(all, parameters, constants, hyperparameters, ElementType.F64, arena)
            .forEach((name, tensor) ->
                assertThat(tensor.segment().mismatch(own.get(name).segment()))
                    .as(name)
                    .isEqualTo(-1));
      }
    }
  }
}
