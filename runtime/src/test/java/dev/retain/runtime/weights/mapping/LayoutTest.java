package dev.retain.runtime.weights.mapping;

import static dev.retain.runtime.weights.mapping.Files.CONSTANTS;
import static dev.retain.runtime.weights.mapping.Files.parameter;
import static dev.retain.runtime.weights.mapping.Files.parameters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.WeightsException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayoutTest {
  @TempDir Path folder;

  private final Arena arena = Arena.ofConfined();
  private final Random values = new Random(3);
  private final Layout foreign = Files.mapping().layout("foreign").orElseThrow();

  @AfterEach
  void free() {
    arena.close();
  }

  private SequencedMap<String, NativeTensor> load(
      Files files, List<ParameterDescription> parameters, Map<String, String> hyperparameters) {
    try (SafetensorsFile file = files.open()) {
      return foreign.load(
          SelectedTensors.of(file, List.of()),
          parameters,
          CONSTANTS,
          hyperparameters,
          ElementType.F32,
          arena);
    }
  }

  private Files complete(int layers) {
    return Files.complete(folder, arena, layers);
  }

  @Test
  void readsEveryTensorInItsOwnArrangement() {
    Map<String, NativeTensor> own =
        load(complete(2).with("a.version", new double[1], 1), parameters(2), Map.of());

    assertThat(own.keySet()).containsExactly("embed", "block.0.Wq", "block.1.Wq", "gamma", "theta");
    assertThat(own.get("embed")).hasToString("F32[4, 5]");
    NativeTensor query = own.get("block.1.Wq");
    assertThat(query).hasToString("F32[5, 2, 3]");
    for (int d = 0; d < 5; d++) {
      for (int row = 0; row < 6; row++) {
        assertThat(query.getDouble(d * 6 + row)).isEqualTo(row * 5 + d);
      }
    }
    assertThat(own.get("gamma")).hasToString("F64[2]");
    assertThat(own.get("gamma").getDouble(1)).isEqualTo(StrictMath.exp(-0.125));
    assertThat(own.get("theta").getDouble(2)).isEqualTo(0.25);
  }

  @Test
  void leavesAbsentConstantsToTheModel() {
    assertThat(load(complete(1).without("pos.decay"), parameters(1), Map.of()))
        .containsOnlyKeys("embed", "block.0.Wq", "theta");
  }

  @Test
  void hyperparametersFollowFromTheShapes() {
    try (SafetensorsFile file = complete(12).without("layers.3.q.weight").open()) {
      SelectedTensors selected = SelectedTensors.of(file, List.of());
      assertThat(foreign.hyperparameters(selected))
          .containsExactly(
              Map.entry("d", "5"),
              Map.entry("size", "30"),
              Map.entry("layers", "11"),
              Map.entry("bias", "false"));
    }
    try (SafetensorsFile file =
        new Files(folder, arena).with("emb.weight", new double[3], 3).open()) {
      assertThat(foreign.hyperparameters(SelectedTensors.of(file, List.of())))
          .containsExactly(Map.entry("bias", "false"));
    }
  }

  @Test
  void namesEverythingThatDoesNotFit() {
    Files files =
        complete(3)
            .without("layers.1.q.weight")
            .with("emb.weight", new double[28], 4, 7)
            .with("pos.decay", new double[2], 1, 2)
            .with("layers.0.q.bias", new double[1], 1)
            .with("layers.0.q.weight", ElementType.I64, new double[30], 6, 5);
    List<ParameterDescription> parameters = new ArrayList<>(parameters(2));
    parameters.add(parameter("tail", List.of(), List.of()));

    assertThatThrownBy(() -> load(files, parameters, Map.of("d", "5", "size", "30", "layers", "2")))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            """
            %s: its tensors, named as foreign has them, do not fit the model in 7 places
              missing: layers.1.q.weight, block.1.Wq stored as (head=2 K=3) d=5
              missing: tail, which has no name in foreign
              mis-shaped: emb.weight is [4, 7], expected [4, 5] for embed stored as vocab=4 d=5
              mis-typed: layers.0.q.weight holds integers, expected F64, F32, BF16 or F16
              mis-shaped: pos.decay is [1, 2], expected [2] for gamma stored as head=2
              extra: layers.2.q.weight, which would be block.2.Wq; the model has no such tensor
              extra: layers.0.q.bias, which foreign does not know
            The file's tensors say d = 7, by emb.weight[1], where the model has 5. Set these so, or \
            leave them to the file, or give the weights of this model.\
            """
                .formatted(folder.resolve("small.safetensors")));
  }

  @Test
  void saysWhenTheFileContradictsItself() {
    Files files = complete(2).with("layers.1.q.weight", new double[35], 7, 5);
    assertThatThrownBy(() -> load(files, parameters(2), Map.of("d", "5", "layers", "2")))
        .hasMessageContaining("mis-shaped: layers.1.q.weight is [7, 5], expected [6, 5]")
        .hasMessageEndingWith(
            "The model's sizes are those of the file (d = 5, by emb.weight[1]; size = 30, by"
                + " layers.0.q.weight[0, 1]; layers = 2, by the number of layers.{i}.q.weight; bias"
                + " = false, by whether there is head.bias), so its tensors disagree with each"
                + " other: give another file.");
  }

  @Test
  void refusesValuesThatCannotBe() {
    assertThatThrownBy(() ->
            load(
                complete(1).with("emb.weight", new double[] {0, Double.NaN}, 4, 5),
                parameters(1),
                Map.of()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("emb.weight");
    assertThatThrownBy(() ->
            load(complete(1).with("pos.decay", new double[] {1, 1000}, 2), parameters(1), Map.of()))
        .hasMessageContaining("tensor \"pos.decay\": one of its elements has no finite exp");
    assertThatThrownBy(() ->
            load(
                complete(1).with("pos.angle", new double[] {1, 1, 2, 3, 4, 4}, 6),
                parameters(1),
                Map.of()))
        .hasMessageContaining("expected each element repeated as in (pair=3 2)");
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "F64"})
  void writesWhatItReads(ElementType real) {
    for (Layout layout : Files.mapping().layouts()) {
      Map<String, NativeTensor> own = new HashMap<>();
      parameters(2).forEach(each -> own.put(each.path(), random(real, each.shapeAfter())));
      CONSTANTS.forEach(each -> own.put(each.path(), random(ElementType.F64, each.shapeAfter())));

      SequencedMap<String, NativeTensor> stored =
          layout.export(own, parameters(2), CONSTANTS, arena);

      Files files = new Files(folder, arena);
      stored.forEach((name, tensor) -> {
        double[] values = new double[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = tensor.getDouble(i);
        }
        files.with(name, tensor.type(), values, tensor.shape());
      });
      try (SafetensorsFile file = files.open()) {
        SelectedTensors selected = SelectedTensors.of(file, List.of());
        assertThat(Files.mapping().recognise(selected).name()).isEqualTo(layout.name());
        Map<String, NativeTensor> again =
            layout.load(selected, parameters(2), CONSTANTS, Map.of(), real, arena);
        assertThat(again.keySet()).isEqualTo(own.keySet());
        again.forEach((path, tensor) -> {
          double tolerance = path.equals("gamma") ? 1e-15 : 0;
          for (long i = 0; i < tensor.size(); i++) {
            double expected = own.get(path).getDouble(i);
            assertThat(Math.abs(tensor.getDouble(i) - expected))
                .isLessThanOrEqualTo(tolerance * expected);
          }
        });
      }
    }
  }

  private NativeTensor random(ElementType type, long... shape) {
    NativeTensor tensor = NativeTensor.allocate(arena, type, shape);
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, 0.5 + values.nextDouble() / 2);
    }
    return tensor;
  }

  @Test
  void writesNothingThatCannotBeReadAgain() {
    Map<String, NativeTensor> own = new HashMap<>();
    CONSTANTS.forEach(each -> own.put(each.path(), random(ElementType.F64, each.shapeAfter())));
    own.get("gamma").setDouble(0, -1);
    own.put("tail", random(ElementType.F32));
    assertThatThrownBy(() ->
            foreign.export(own, List.of(parameter("tail", List.of(), List.of())), CONSTANTS, arena))
        .isInstanceOf(NamesException.class)
        .hasMessage(
            """
            small.names.json: the model cannot be written in the layout foreign
              tail has no name there
              gamma: one of its elements has no finite log
            Use another layout, or the model's own names.\
            """);
  }

  @Test
  void tensorsOfSeveralLayersMayShareOne() {
    Layout shared =
        NameMapping.read(
                "shared",
                """
                {"layouts": [{"name": "shared", "recognised_by": ["w"],
                  "tensors": {"block.{i}.w": "w: d"}}]}\
                """
                    .getBytes())
            .layouts()
            .getFirst();
    List<ParameterDescription> both =
        List.of(
            parameter("block.0.w", List.of(2L), List.of("d")),
            parameter("block.1.w", List.of(2L), List.of("d")));
    NativeTensor one = random(ElementType.F32, 2);
    NativeTensor other = random(ElementType.F32, 2);
    assertThat(
            shared.export(
                Map.of("block.0.w", one, "block.1.w", one.copyOf(arena)), both, List.of(), arena))
        .containsOnlyKeys("w");
    assertThatThrownBy(() ->
            shared.export(Map.of("block.0.w", one, "block.1.w", other), both, List.of(), arena))
        .hasMessageContaining("block.1.w differs from another tensor of the name w");
  }

  @Test
  void axesThatTheModelDoesNotHaveAreNamed() {
    assertThatThrownBy(() ->
            load(
                complete(0),
                List.of(parameter("embed", List.of(4L, 5L), List.of("vocab", "width"))),
                Map.of()))
        .isInstanceOf(NamesException.class)
        .hasMessage(
            "small.names.json: layout foreign: embed has the axes vocab width, but they are stored"
                + " as vocab d; correct the file of names");
  }
}
