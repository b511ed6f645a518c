package dev.retain.cli.train;

import dev.retain.cli.compile.DefinitionOptions;
import dev.retain.cli.compile.PrefixOption;
import dev.retain.cli.compile.TypeOption;
import dev.retain.cli.run.FormChoice;
import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.memory.ElementType;
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
  /** Longer ones are no faster: pairs of steps then take more than states do. */
  private static final int LONGEST_CHUNK = 256;

  @Mixin private DefinitionOptions definition;
  @Mixin private PrefixOption prefix;
  @Mixin private FormChoice form;
  @Mixin private TypeOption type;

  @Option(
      names = "--init",
      paramLabel = "W.safetensors",
      description = "Begin with these weights (default: drawn from the seed).")
  private Optional<Path> initial = Optional.empty();

  Path definition() {
    return definition.file();
  }

  ElementType real() {
    return type.real();
  }

  /** One block for each row, unless that would take much memory. */
  int chunk(int length) {
    return form.chunk(Math.min(length, LONGEST_CHUNK));
  }

  Optional<String> problem() {
    return prefix.prefixes().isEmpty() || initial.isPresent()
        ? Optional.empty()
        : Optional.of("--prefix goes with --init");
  }

  ModelBuilder build(long seed) {
    return ModelBuilder.build(
        new ModelBuilder.Request(
            definition.file(),
            definition.settings(),
            initial,
            prefix.prefixes(),
            initial.isPresent() ? OptionalLong.empty() : OptionalLong.of(seed),
            type.real(),
            List.of(Width.values())));
  }

  String form(ModelBuilder model) {
    return form.of(model.compiled().description());
  }

  /**
   * All that results depend on.
   *
   * @param length tokens of a row
   */
  void addSettings(ModelBuilder model, int length, SequencedMap<String, String> settings) {
    settings.put("the definition", hash(model));
    settings.put("--init", initial.map(Path::toString).orElse("none"));
    settings.put("--prefix", String.join(",", prefix.prefixes()));
    settings.put("--form", form(model));
    settings.put("--chunk", Integer.toString(chunk(length)));
    settings.put("--dtype", type.real().name().toLowerCase(Locale.ROOT));
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
