package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retain.compiler.diagnostics.CaretRenderer;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.types.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hyperparameters as users write them: {@code --set name=value}. */
class SettingsTest {
  private static final String MODEL =
      """
      import std.layers

      model M(
          vocab = 8, d = 4, hidden = 2 * d, heads = 2, layers = 1, eps = 1e-6, norm = false,
          activation: swish | gelu | relu = swish) {
        axis head = heads, K = d / heads
        param split: [d, head, K] ~ normal(1), join: [head, K, d] ~ normal(1)
        layer embed = Embedding(vocab, d), rms = RmsNorm(d, eps)
        layer block[layers] = Glu(d, hidden, activation), readout = Linear(d, vocab)
        in token: index of vocab
        x = (embed(token) @ split) @ join
        out readout(block(if norm then rms(x) else x))
      }
      preset small of M { d = 2  heads = 1  activation = relu }
      preset twice of M { hidden = 4 }
      """;

  private static Map<String, String> values(Map<String, String> settings) {
    return values(MODEL, settings);
  }

  private static Map<String, String> values(String text, Map<String, String> settings) {
    return Compilation.of(new Source("m.ret", text), settings).model().hyperparameters();
  }

  private static List<Diagnostic> errors(Map<String, String> settings) {
    return catchThrowableOfType(CompileException.class, () -> values(settings)).diagnostics();
  }

  @Test
  void defaultsMayDependOnEarlierHyperparameters() {
    assertThat(values(Map.of("d", "6"))).containsEntry("d", "6").containsEntry("hidden", "12");
  }

  @Test
  void settingsGoBeforeThePresetAndThePresetBeforeDefaults() {
    assertThat(values(Map.of("preset", "small", "heads", "2")))
        .containsEntry("d", "2")
        .containsEntry("hidden", "4")
        .containsEntry("heads", "2")
        .containsEntry("activation", "relu")
        .containsEntry("layers", "1");
  }

  /** As if the model had been declared with other defaults, which may depend on one another. */
  @Test
  void aPresetOfThatNameGivesTheDefaults() {
    String text = MODEL + "preset default of M { heads = 1  norm = true  activation = gelu }";
    assertThat(values(text, Map.of()))
        .containsEntry("heads", "1")
        .containsEntry("norm", "true")
        .containsEntry("d", "4");
    assertThat(values(text, Map.of("preset", "twice", "norm", "false")))
        .containsEntry("hidden", "4")
        .containsEntry("heads", "1")
        .containsEntry("norm", "false");
    assertThat(values(text, Map.of("preset", "small"))).containsEntry("activation", "relu");
    assertThat(values(text, Map.of("preset", "default"))).isEqualTo(values(text, Map.of()));
  }

  @Test
  void presetsMayStandBesideTheImportOfTheModel(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("m.ret"), MODEL);
    Path file = folder.resolve("variants.ret");
    Files.writeString(
        file,
        "import \"m.ret\" preset normed of M { norm = true } preset default of M { heads = 1 }");
    assertThat(Compilation.of(file, Map.of()).model().hyperparameters())
        .containsEntry("norm", "false")
        .containsEntry("heads", "1");
    assertThat(Compilation.of(file, Map.of("preset", "normed")).model().hyperparameters())
        .containsEntry("norm", "true")
        .containsEntry("heads", "1");
    assertThat(Compilation.of(folder.resolve("m.ret"), Map.of()).model().hyperparameters())
        .containsEntry("heads", "2");
  }

  /** The norm that is not applied, the tensors that nothing reads. */
  @ParameterizedTest
  @CsvSource({"true, true", "false, false"})
  void whatOnlyOtherBranchesReadIsNoPartOfTheModel(String norm, boolean isThere) {
    String text =
        MODEL
            .replace("split) @ join", "split) @ (if norm then scale * join else join)")
            .replace("in token:", "param scale: [] = 2 const unread[i: d] = i in token:");
    Model model = Compilation.of(new Source("m.ret", text), Map.of("norm", norm)).model();
    assertThat(model.constants()).isEmpty();
    assertThat(model.parameters().stream().map(Model.ParameterSpec::path).toList())
        .contains("join", "embed.weight")
        .satisfies(paths -> assertThat(paths.contains("scale")).isEqualTo(isThere))
        .satisfies(paths -> assertThat(paths.contains("rms.weight")).isEqualTo(isThere));
  }

  @ParameterizedTest
  @CsvSource({
    "norm, true, true",
    "norm, 1, true",
    "norm, 0, false",
    "eps, 1e-5, 1e-5",
    "eps, 2, 2",
    "layers, 3.0, 3",
    "activation, gelu, gelu"
  })
  void valuesOfEveryKind(String name, String text, String value) {
    assertThat(values(Map.of(name, text))).containsEntry(name, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "d | text | E0302 | --set d=text: `d` is a whole number",
        "d | 3.5 | E0302 | --set d=3.5: `d` is a whole number",
        "d | '' | E0302 | --set d=: `d` is a whole number",
        "d | NaN | E0302 | --set d=NaN: `d` is a whole number",
        "d | 1e400 | E0302 | --set d=1e400: `d` is a whole number",
        "eps | small | E0302 | --set eps=small: `eps` is a number",
        "eps | Infinity | E0302 | --set eps=Infinity: `eps` is a number",
        "norm | yes | E0302 | --set norm=yes: `norm` is a flag, true or false",
        "activation | tanh | E0302 | --set activation=tanh: `activation` is one of swish, gelu,"
            + " relu",
        "widht | 3 | E0301 | --set widht=3: the model `M` has no hyperparameter `widht`",
        "preset | smal | E0214 | --set preset=smal: `M` has no preset `smal`",
        "d | 0 | E0303 | --set d=0 makes `K` = 0: a size is a whole number from 1",
        "d | -1 | E0303 | --set d=-1 makes `K` = -0.5: a size is a whole number",
        "vocab | 0 | E0303 | --set vocab=0 cannot be the size of an axis",
        "vocab | 3000000000 | E0303 | --set vocab=3000000000 cannot be the size of an axis",
        "layers | 0 | E0303 | --set layers=0 makes the number of `block` = 0: a size is a",
        "heads | 3 | E0303 | `heads` = 3 does not divide `d` = 4"
      })
  void oneErrorThatNamesTheSetting(String name, String text, String code, String message) {
    List<Diagnostic> errors = errors(Map.of(name, text));
    assertThat(errors)
        .filteredOn(error -> error.code().id().equals(code))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.message()).startsWith(message);
          assertThat(error.help()).isPresent();
        });
    assertThat(errors).as(CaretRenderer.render(errors)).hasSize(1);
  }

  @Test
  void allWrongSettingsAreReportedAtOnce() {
    assertThat(errors(Map.of("d", "x", "eps", "x", "nothing", "1", "preset", "none"))).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"activation", "preset"})
  void aNearNameIsSuggested(String name) {
    assertThat(errors(Map.of(name, name.equals("preset") ? "smalll" : "rleu")))
        .singleElement()
        .satisfies(error ->
            assertThat(error.help().orElseThrow()).matches("did you mean `(small|relu)`\\?"));
  }
}
