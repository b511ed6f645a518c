package dev.retain.cli.train;

import dev.retain.cli.compile.DefinitionOptions;
import dev.retain.cli.compile.PrefixOption;
import dev.retain.cli.compile.TuningOption;
import dev.retain.cli.compile.TypeOption;
import dev.retain.cli.run.FormChoice;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.PrintStream;
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
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model is trained, from which weights on, and how it computes. */
final class ModelOptions {
  @Mixin private DefinitionOptions definition;
  @Mixin private PrefixOption prefix;
  @Mixin private FormChoice form;
  @Mixin private TypeOption type;
  @Mixin private TuningOption tuning;

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

  /** As long as a row, but no longer than what is fastest. */
  int chunk(ModelBuilder model, int length) {
    return form.chunk(Math.min(length, model.tuning().training().chunk()));
  }

  Optional<String> problem() {
    return prefix.prefixes().isEmpty() || initial.isPresent()
        ? Optional.empty()
        : Optional.of("--prefix goes with --init");
  }

  /**
   * @param begun how the work of a run is cut that was begun before, which is how it goes on
   * @param log is told what of it was measured
   */
  ModelBuilder build(long seed, Optional<Tuning> begun, PrintStream log) {
    Function<Model, Tuning> tuner =
        begun
            .<Function<Model, Tuning>>map(known -> _ -> known)
            .orElseGet(() -> tuning.tuner(definition, type.real(), Tuning::training, log));
    return ModelBuilder.build(
        new ModelBuilder.Request(
            definition.file(),
            definition.settings(),
            initial,
            prefix.prefixes(),
            initial.isPresent() ? OptionalLong.empty() : OptionalLong.of(seed),
            type.real(),
            type.real(),
            List.of(Width.values()),
            tuner));
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
    settings.put("--chunk", Integer.toString(chunk(model, length)));
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
