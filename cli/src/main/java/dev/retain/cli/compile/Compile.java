package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Quantity;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.ModelBuilder.Request;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Storage;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a jar of a definition. */
@Command(
    name = "compile",
    description = {
      "Compile a definition to a jar: kernels for its forms, weights or a seed, and its source.",
      "",
      "Weights come from safetensors, under the model's own names or those of a checkpoint that the"
          + " file FILE.names.json beside the definition describes; hyperparameters that are not"
          + " set follow from them. Without weights the parameters are drawn from the seed.",
      "",
      "A trained model in a quarter of the bytes, which writes faster:",
      "  retain compile models/retnet.ret --weights run/model.safetensors --store int8 -o m.jar",
    })
final class Compile implements Callable<Integer> {
  static final String EXAMPLE = "models/retnet.ret -o retnet.jar --set d=512 layers=6 --seed 1";

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DefinitionOptions definition;
  @Mixin private WeightOptions weights;
  @Mixin private TypeOption type;
  @Mixin private StoreOption store;
  @Mixin private TuningOption tuning;

  @Option(
      names = "-o",
      required = true,
      paramLabel = "OUT.jar",
      description = "The jar to write, whole or not at all.")
  private Path target;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "From which parameters without weights are drawn (default: 0).")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--standalone",
      description =
          "Put the runtime into the jar (3 MB), so that 'java -jar OUT.jar' works with nothing but"
              + " a JDK 25.")
  private boolean standalone;

  Compile(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    refuseInputsAsTarget();
    ModelBuilder model = ModelBuilder.build(request());
    model.writeJar(
        target,
        standalone ? StandaloneJar.manifest() : Map.of(),
        standalone ? StandaloneJar.entries() : List.of());
    double seconds = (System.nanoTime() - begin) / 1e9;
    console.out().println(line(model.compiled().description(), seconds));
    return ExitCode.OK;
  }

  private Request request() {
    return new Request(
        definition.file(),
        definition.settings(),
        weights.file(),
        weights.prefixes(),
        seed.map(OptionalLong::of).orElse(OptionalLong.empty()),
        type.real(),
        store.stored(type.real()),
        List.of(Width.values()),
        tuning.tuner(definition, type.real(), Tuning::reading, console.err()));
  }

  private void refuseInputsAsTarget() {
    if (isTarget(definition.file()) || weights.file().filter(this::isTarget).isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "-o " + target + " would overwrite what is to be read");
    }
    if (seed.isPresent() && weights.file().isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "give --weights or --seed: with weights nothing is drawn");
    }
    weights.check();
  }

  private boolean isTarget(Path input) {
    try {
      return Files.exists(input) && Files.exists(target) && Files.isSameFile(input, target);
    } catch (IOException e) {
      throw FileException.reading(input, e);
    }
  }

  private String line(ModelDescription model, double seconds) {
    long parameters = model.parameters().stream().mapToLong(TensorDescription::size).sum();
    return "%s: %s, %s parameters (%s, %s), %s, compiled in %s s"
        .formatted(
            target,
            model.name(),
            Quantity.rounded(parameters),
            stored(model),
            weights
                .file()
                .map(file -> "from " + file.getFileName())
                .orElseGet(() -> "seed " + seed.orElse(0L)),
            size(),
            Quantity.decimal(seconds, 2));
  }

  /** The type that the model computes in, and that of its matrices if it is another. */
  private static String stored(ModelDescription model) {
    String real = new Storage.Real().text(model.real());
    return model.parameters().stream()
        .filter(ParameterDescription::isSmall)
        .findFirst()
        .map(one -> real + ", stored as " + one.storage().text(model.real()))
        .orElse(real);
  }

  private String size() {
    try {
      return Quantity.bytes(Files.size(target));
    } catch (IOException e) {
      throw FileException.reading(target, e);
    }
  }
}
