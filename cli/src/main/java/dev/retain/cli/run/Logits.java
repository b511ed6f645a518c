package dev.retain.cli.run;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.State;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a model on token ids of a file. */
@Command(
    name = "logits",
    description = {
      "Run a model on token ids, and write the logits after each.",
      "",
      "The result has one tensor, 'logits' [batch, time, vocabulary], of the model's type. Files"
          + " are safetensors. A state that was written goes on exactly where its sequences ended,"
          + " in any form.",
    })
final class Logits implements Callable<Integer> {
  static final String EXAMPLE = "--ids ids.safetensors --form parallel --out logits.safetensors";

  private final Console console;
  private final ModelLocation model;

  @Mixin private CommonOptions common;
  @Mixin private TokenOptions ids;
  @Mixin private EngineOptions engine;
  @Mixin private FormOptions form;

  @Option(
      names = "--mask",
      paramLabel = "NAME",
      description =
          "A tensor of the same file and shape, 1 where there is a token and 0 where there is"
              + " padding, such as attention_mask (default: no padding). At padding the logits are"
              + " 0.")
  private Optional<String> mask = Optional.empty();

  @Option(
      names = "--state-in",
      paramLabel = "S",
      description = "A state to go on from (default: the beginning).")
  private Optional<Path> stateIn = Optional.empty();

  @Option(
      names = "--state-out",
      paramLabel = "S",
      description = "Where to write the state after the last token.")
  private Optional<Path> stateOut = Optional.empty();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "L",
      description = "Where to write the logits.")
  private Path out;

  Logits(Console console, ModelLocation model) {
    this.console = console;
    this.model = model;
  }

  @Override
  public Integer call() {
    try (SafetensorsFile file = SafetensorsFile.open(ids.file());
        RetainModel opened = RetainModel.open(model.path(), engine.engine())) {
      int[][] tokens = TokenTensor.read(file, ids.file(), ids.tensor());
      try (Session session = opened.newSession(tokens.length)) {
        stateIn.ifPresent(path -> session.restore(State.load(path)));
        RunOptions options = options(file, opened.description());
        NativeTensor logits = session.run(tokens, form.form(), options);
        options.mask().ifPresent(valid -> clear(logits, valid));
        SequencedMap<String, NativeTensor> result = new LinkedHashMap<>(Map.of("logits", logits));
        SafetensorsWriter.write(out, result, Map.of());
        stateOut.ifPresent(path -> session.state().save(path));
        console.err().println(out + ": logits " + logits);
      }
    }
    return ExitCode.OK;
  }

  private RunOptions options(SafetensorsFile file, ModelDescription described) {
    int chunk = form.chunk(described.chunkOf(described.form(form.form())));
    RunOptions options = RunOptions.DEFAULT.withChunk(chunk);
    return mask.map(tensor -> options.withMask(TokenTensor.matrix(file, ids.file(), tensor)))
        .orElse(options);
  }

  /** What a model says at padding means nothing, and may be no number. */
  private static void clear(NativeTensor logits, boolean[][] valid) {
    long[] shape = logits.shape();
    long stepBytes = shape[2] * logits.type().bytes();
    for (int row = 0; row < valid.length; row++) {
      for (int step = 0; step < valid[row].length; step++) {
        if (!valid[row][step]) {
          logits.segment().asSlice((row * shape[1] + step) * stepBytes, stepBytes).fill((byte) 0);
        }
      }
    }
  }
}
