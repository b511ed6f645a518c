package dev.retain.cli.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The trained weights of a model, if there are any. */
final class WeightOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--weights",
      paramLabel = "W.safetensors",
      description = "Trained weights (default: none).")
  private Optional<Path> file = Optional.empty();

  @Mixin private PrefixOption prefix;

  Optional<Path> file() {
    return file;
  }

  List<String> prefixes() {
    return prefix.prefixes();
  }

  /**
   * @throws ParameterException if there is a prefix and nothing to take tensors from
   */
  void check() {
    if (!prefixes().isEmpty() && file.isEmpty()) {
      throw new ParameterException(command.commandLine(), "--prefix goes with --weights");
    }
  }
}
