package dev.retain.runtime.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ModelJsonTest {
  private static ModelDescription model(OptionalLong seed) {
    return model(
        seed,
        List.of(
            new ParameterDescription(
                "a.weight", List.of(3L, 4L), List.of("d", "K"), new Initial.Uniform(0.25)),
            new ParameterDescription("b", List.of(4L), List.of("K"), new Initial.Normal(1e-3)),
            new ParameterDescription("c", List.of(), List.of(), new Initial.Fill(1)),
            new ParameterDescription(
                "e", List.of(2L), List.of("K"), new Initial.Listed(List.of(1e-300, -7.0)))));
  }

  private static ModelDescription model(OptionalLong seed, List<ParameterDescription> parameters) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        "Tiny",
        "tiny.ret",
        ElementType.F32,
        Map.of("d", "32"),
        parameters,
        List.of(new ConstantDescription("gamma", List.of(2L), List.of("head"))),
        List.of(
            new StateDescription("S", List.of(4L), List.of("K"), 0.1),
            new StateDescription("M", List.of(), List.of(), Double.NEGATIVE_INFINITY)),
        256,
        List.of(
            new FormProgram(
                "chunkwise",
                Form.CHUNKWISE,
                true,
                List.of(),
                List.of(
                    new BufferDescription(
                        "x", Role.SCRATCH, ElementType.F32, new Size(9, 1, 1, 64), 1, 1),
                    new BufferDescription(
                        Inputs.TOKEN, Role.INPUT, ElementType.I64, new Size(1, 1, 1), 0, 0),
                    new BufferDescription(
                        "logits", Role.OUTPUT, ElementType.F32, new Size(256, 1, 1), 0, 0)),
                List.of(
                    new StepDescription(
                        "p.K", List.of(1), Barrier.BETWEEN_PARTS, 4, false, "embed"),
                    new StepDescription("p.L", List.of(0), Barrier.ALWAYS, 0, false, "logits")),
                List.of(new Slices(1, 1, 64)))),
        List.of("Retention: recurrent = parallel: tested"),
        Map.of("parameters", 17L),
        "0.1.0",
        seed,
        96,
        Optional.of("measured"));
  }

  @Test
  void descriptionsSurviveTheRoundTrip() {
    for (OptionalLong seed : List.of(OptionalLong.empty(), OptionalLong.of(Long.MIN_VALUE))) {
      ModelDescription model = model(seed);

      assertThat(ModelJson.read(ModelJson.write(model))).isEqualTo(model);
    }
  }

  @Test
  void soDoWaysOfStoring() {
    List<ParameterDescription> parameters =
        List.of(
            small("a", new Storage.Bfloat16(0)),
            small("b", new Storage.Int8(List.of(1), 0)),
            new ParameterDescription(
                "d",
                List.of(3L, 128L),
                List.of("d", "K"),
                new Initial.Fill(0),
                new Storage.Int8(List.of(1), 1)),
            small("c", new Storage.Real()),
            new ParameterDescription(
                "e",
                List.of(2L, 3L, 32L),
                List.of("d", "head", "K"),
                new Initial.Fill(0),
                new Storage.Real(2)));
    ModelDescription model = model(OptionalLong.empty(), parameters);

    assertThat(ModelJson.read(ModelJson.write(model))).isEqualTo(model);
    assertThat(model.stored())
        .extracting(ParameterDescription::path)
        .containsExactly("a", "b", "b.scale", "d", "d.scale", "c", "e");
    assertThat(model.stored().get(3).storedShape()).containsExactly(2, 3, 64);
    assertThat(model.stored().get(6).storedShape()).containsExactly(2, 6, 16);
    assertThat(model.stored().get(2).shape()).containsExactly(4L);
  }

  private static ParameterDescription small(String path, Storage storage) {
    return new ParameterDescription(
        path, List.of(3L, 4L), List.of("d", "K"), new Initial.Fill(0), storage);
  }

  @Test
  void formsAreWrittenInSmallLetters() {
    assertThat(new String(ModelJson.write(model(OptionalLong.empty())), StandardCharsets.UTF_8))
        .contains("\"form\":\"chunkwise\"");
    assertThatThrownBy(() -> Form.of("serial"))
        .isInstanceOf(RetainException.class)
        .hasMessage("there is no form 'serial'; choose one of: recurrent, parallel, chunkwise");
  }

  @Test
  void damagedTextIsOneLine() {
    String text = new String(ModelJson.write(model(OptionalLong.empty())), StandardCharsets.UTF_8);

    assertThatThrownBy(() -> read(text.substring(0, text.length() / 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("\n");
    assertThatThrownBy(() -> read(text.replace("\"format\":4", "\"format\":7")))
        .hasMessageStartingWith("it has the format version 7, and this runtime reads version 4");
    assertThatThrownBy(() -> read(text.replace("\"vocabulary\":256,", "")))
        .hasMessageContaining("vocabulary");
    assertThatThrownBy(() -> read(text.replace("\"ragged\":true", "\"ragged\":1")))
        .hasMessage("expected 'ragged' as a boolean in programs, found 1");
    assertThatThrownBy(() -> read(text + "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read("[]")).hasMessage("expected an object in the model, found []");
    assertThatThrownBy(() -> read("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(text.replace("\"vocabulary\":256", "\"vocabulary\":9876543210")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(text.replace("chunkwise", "serial")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choose one of");
  }

  private static ModelDescription read(String text) {
    return ModelJson.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void sizesGrowWithBatchAndTime() {
    assertThat(new Size(5, 1, 2).elements(3, 10)).isEqualTo(1500);
    assertThat(Size.fixed(7).elements(3, 10)).isEqualTo(7);
    assertThat(new Size(5, 1, 1, 7).elements(3, 10)).isEqualTo(35);
    assertThat(new Size(5, 1, 1, 7).elements(3, 2)).isEqualTo(30);
    assertThatThrownBy(() -> new Size(5, 1, 2, 7)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Size(1L << 40, 1, 1).elements(1 << 20, 1 << 20))
        .isInstanceOf(ArithmeticException.class);
  }
}
