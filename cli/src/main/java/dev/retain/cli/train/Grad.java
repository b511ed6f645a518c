package dev.retain.cli.train;

import dev.retain.cli.compile.DefinitionOptions;
import dev.retain.cli.compile.PrefixOption;
import dev.retain.cli.compile.TypeOption;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.run.EngineOptions;
import dev.retain.cli.run.FormOptions;
import dev.retain.cli.run.TokenOptions;
import dev.retain.cli.run.TokenTensor;
import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.Tokens;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the gradients of a model on token ids of a file. */
@Command(
    name = "grad",
    description = {
      "Write the gradients of the mean cross entropy of the next token, on token ids.",
      "",
      "The result has a tensor for each parameter, under the names of the weights. Files are"
          + " safetensors. The loss, in nats, is printed.",
    })
final class Grad implements Callable<Integer> {
  static final String EXAMPLE =
      "models/retnet.ret --weights W.safetensors --ids ids.safetensors --form chunkwise --out"
          + " G.safetensors";

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private TokenOptions ids;
  @Mixin private EngineOptions engine;
  @Mixin private DefinitionOptions definition;
  @Mixin private PrefixOption prefix;
  @Mixin private FormOptions form;
  @Mixin private TypeOption type;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "W.safetensors",
      description = "The weights.")
  private Path weights;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "G",
      description = "Where to write the gradients.")
  private Path out;

  Grad(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModelBuilder builder =
        ModelBuilder.build(
            new ModelBuilder.Request(
                definition.file(),
                definition.settings(),
                Optional.of(weights),
                prefix.prefixes(),
                OptionalLong.empty(),
                type.real(),
                List.of(Width.W512)));
    int[][] tokens = tokens(builder);
    int length = tokens[0].length;
    try (BlockGradientModel model =
        Trainable.open(
                builder,
                form.form(),
                form.chunk(ModelDescription.USUAL_CHUNK),
                length,
                false,
                engine.engine())
            .model()) {
      TrainingBatch batch = TrainingBatch.ofNextTokens(tokens);
      double loss =
          model.accumulate(batch, 1.0 / batch.targetCount(), false, 0) / batch.targetCount();
      ModelBuilder.Exported gradients =
          builder.exportGradients(definition.file(), model.gradients());
      SafetensorsWriter.write(out, gradients.tensors(), Map.of());
      console
          .out()
          .println(
              "%s: loss %s, %d gradients (names of %s)"
                  .formatted(out, loss, gradients.tensors().size(), gradients.layout()));
    }
    return ExitCode.OK;
  }

  private int[][] tokens(ModelBuilder builder) {
    try (SafetensorsFile file = SafetensorsFile.open(ids.file())) {
      int[][] tokens = TokenTensor.read(file, ids.file(), ids.tensor());
      Tokens.check(tokens, builder.compiled().description().vocabulary());
      return tokens;
    }
  }
}
