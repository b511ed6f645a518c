package dev.retain.cli.train;

import dev.retain.cli.compile.DefinitionOptions;
import dev.retain.cli.compile.TypeConverter;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model is trained, from which weights on, and how it computes. */
final class ModelOptions {
  @Mixin private DefinitionOptions definition;

  @Option(
      names = "--init",
      paramLabel = "W.safetensors",
      description = "Begin with these weights (default: drawn from the seed).")
  private Optional<Path> initial = Optional.empty();

  @Option(
      names = "--prefix",
      split = ",",
      paramLabel = "PREFIX",
      description =
          "Of --init, take only the tensors under these prefixes, and strip them, such as"
              + " param.,buffer. (default: all, as they are).")
  private List<String> prefixes = List.of();

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description =
          "recurrent, parallel or chunkwise, or one that the definition declares; the first three"
              + " differ in speed and in memory only (default: chunkwise, or recurrent if the model"
              + " has no other).")
  private Optional<String> wantedForm = Optional.empty();

  @Option(
      names = "--chunk",
      paramLabel = "C",
      converter = PositiveNumber.class,
      defaultValue = "64",
      description = "Tokens of a chunk in the chunkwise form (default: ${DEFAULT-VALUE}).")
  private int chunk;

  @Option(
      names = "--dtype",
      paramLabel = "f32|f64",
      converter = TypeConverter.class,
      defaultValue = "f32",
      description =
          "Numbers of 32 or 64 bits for weights, gradients and moments (default:"
              + " ${DEFAULT-VALUE}).")
  private ElementType real;

  Path definition() {
    return definition.file();
  }

  ElementType real() {
    return real;
  }

  int chunk() {
    return chunk;
  }

  Optional<String> problem() {
    return prefixes.isEmpty() || initial.isPresent()
        ? Optional.empty()
        : Optional.of("--prefix goes with --init");
  }

  ModelBuilder build(long seed) {
    return ModelBuilder.build(
        new ModelBuilder.Request(
            definition.file(),
            definition.settings(),
            initial,
            prefixes,
            initial.isPresent() ? OptionalLong.empty() : OptionalLong.of(seed),
            real,
            List.of(Width.values())));
  }

  String form(ModelBuilder model) {
    boolean hasChunks = model.compiled().description().program(Form.CHUNKWISE, false).isPresent();
    return wantedForm.orElse(hasChunks ? Form.CHUNKWISE.text() : Form.RECURRENT.text());
  }

  /** All that results depend on. */
  void addSettings(ModelBuilder model, SequencedMap<String, String> settings) {
    settings.put("the definition", hash(model));
    settings.put("--init", initial.map(Path::toString).orElse("none"));
    settings.put("--prefix", String.join(",", prefixes));
    settings.put("--form", form(model));
    settings.put("--chunk", Integer.toString(chunk));
    settings.put("--dtype", real.name().toLowerCase(Locale.ROOT));
    model
        .compiled()
        .description()
        .hyperparameters()
        .forEach((name, value) -> settings.put("--set " + name, value));
  }

  private static String hash(ModelBuilder model) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      model
          .compiled()
          .sources()
          .values()
          .forEach(text -> digest.update((text + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
