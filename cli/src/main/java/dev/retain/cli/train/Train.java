package dev.retain.cli.train;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.cli.run.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a trained model of a definition and a text. */
@Command(
    name = "train",
    description = {
      "Train a model: from a definition and a text to a jar that scores and writes.",
      "",
      "In the folder of the run: model.jar and model.safetensors (the weights that predicted"
          + " held-out text best, or the last ones if nothing is held out), report.html,"
          + " metrics.jsonl, samples.jsonl, train.log, tensorboard/, checkpoints/.",
      "",
      "Ctrl-C finishes the step and writes a checkpoint. However a run ends, --resume goes on from"
          + " its last checkpoint, and ends with the same bits as if it had never been stopped.",
    })
final class Train implements Callable<Integer> {
  static final String EXAMPLE = "models/retnet.ret --data novels.txt --steps 4000 --out novels";

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private EngineOptions engine;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private OptimiserOptions optimiser;

  @Option(
      names = "--sample-prompt",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What the model writes on from in samples (default: the start of a line).")
  private String prompt;

  @Option(
      names = "--sample-length",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "300",
      description = "Tokens of a sample (default: ${DEFAULT-VALUE}).")
  private int sampleLength;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder of the run (default: the definition's name and -run).")
  private Optional<Path> folder = Optional.empty();

  @Option(
      names = "--resume",
      description = "Go on with the run in the folder, or begin if there is none.")
  private boolean resume;

  @Option(
      names = "--json",
      description =
          "End with a line of JSON: ending (finished, stopped_early or paused), step, best_step,"
              + " loss and bits_per_byte (of all held-out text), held_out_tokens, seconds, out.")
  private boolean json;

  Train(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Stream.of(model.problem(), data.problem(), optimiser.problem())
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(problem -> {
          throw new ParameterException(spec.commandLine(), problem);
        });
    Job job =
        new Job(
            console,
            engine.engine(),
            model,
            data,
            optimiser,
            new Job.SampleSettings(prompt, sampleLength),
            folder.orElseGet(this::defaultFolder),
            resume,
            json,
            arguments());
    return job.run();
  }

  private Path defaultFolder() {
    String name = model.definition().getFileName().toString().replaceFirst("\\.ret$", "");
    return Path.of(name + "-run");
  }

  /** As they were given, without the program's name. */
  private List<String> arguments() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }
}
