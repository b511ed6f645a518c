package dev.retain.cli.train;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.Quantity;
import dev.retain.compiler.DecayCurves;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.limits.MultiplyPeak;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.training.Mixing;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.training.checkpoint.RunFolder;
import dev.retain.runtime.training.checkpoint.RunIdentity;
import dev.retain.runtime.training.checkpoint.StoredCheckpoint;
import dev.retain.runtime.training.loop.Evaluation;
import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.Run;
import dev.retain.runtime.training.loop.Trainer;
import dev.retain.runtime.training.loop.Trainer.Ending;
import dev.retain.runtime.training.loop.TrainingSettings;
import dev.retain.runtime.training.optimiser.AdamW;
import dev.retain.runtime.training.report.RunReports;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run of training, from its options to its files. */
record Job(
    Console console,
    Engine engine,
    ModelOptions modelOptions,
    DataOptions dataOptions,
    OptimiserOptions optimiserOptions,
    SampleSettings samples,
    Path folder,
    boolean resume,
    boolean json,
    List<String> arguments) {
  /** What the model writes on from, and how many tokens. */
  record SampleSettings(String prompt, int length) {}

  /** The exit code. */
  int run() {
    long begin = System.nanoTime();
    Optional<Tuning> begun =
        resume ? RunFolder.choices(folder).map(TuningChoices::read) : Optional.empty();
    ModelBuilder builder = modelOptions.build(optimiserOptions.seed(), begun, console.err());
    TrainingData data = dataOptions.read();
    data.requireIn(builder.compiled().description().vocabulary());
    SequencedMap<String, String> settings = settings(builder, data);
    try (RunFolder opened = RunFolder.open(folder, resume, Disk.REAL, console.err()::println)) {
      try (Trainable trainable =
          Trainable.open(
              builder,
              modelOptions.form(builder),
              modelOptions.chunk(builder, data.length()),
              data.length(),
              dataOptions.carriesState(),
              engine)) {
        return train(opened, builder, data, trainable, settings, begin);
      }
    }
  }

  private SequencedMap<String, String> settings(ModelBuilder builder, TrainingData data) {
    SequencedMap<String, String> settings = new LinkedHashMap<>();
    modelOptions.addSettings(builder, data.length(), settings);
    data.addSettings(settings);
    dataOptions.addSettings(settings);
    optimiserOptions.addSettings(settings);
    return settings;
  }

  private int train(
      RunFolder opened,
      ModelBuilder builder,
      TrainingData data,
      Trainable trainable,
      SequencedMap<String, String> settings,
      long begin) {
    TrainingSettings training = optimiserOptions.settings();
    RunReports.About about =
        new RunReports.About(
            builder.compiled().description().name() + " on " + data.name(),
            settings,
            training.steps(),
            OptionalDouble.of(trainable.operationsPerToken()),
            () -> MultiplyPeak.measure(engine.workers()),
            () -> decays(builder, trainable));
    try (RunReports reports =
            new RunReports(folder, Disk.REAL, about, console.err(), console.errIsTerminal());
        Interruption interruption =
            Interruption.listen(
                () -> console.err().println("\nFinishing the step; once more to end at once."))) {
      begins(builder, data).forEach(reports::say);
      Run run = run(builder, data, trainable);
      Trainer trainer =
          new Trainer(
              run,
              training,
              opened.checkpoints(),
              new RunIdentity(settings, TuningChoices.of(builder.tuning())),
              reports,
              interruption::isRequested);
      opened
          .start()
          .ifPresent(stored -> {
            trainer.resume(stored);
            reports.say("Resuming after step %,d.".formatted(stored.state().step()));
          });
      Trainer.Result result = train(trainer, reports);
      if (result.ending() == Ending.PAUSED) {
        return paused(result, reports, interruption.isRequested(), begin);
      }
      finish(opened, builder, data, run, result, reports, begin);
      return ExitCode.OK;
    }
  }

  /**
   * Trains; says in the log, too, why that came to nothing, for the console may be gone by then.
   */
  private Trainer.Result train(Trainer trainer, RunReports reports) {
    try {
      return trainer.train();
    } catch (FileException e) {
      throw new TrainingException(
          "%s. When that is mended, go on from the last checkpoint with: %s"
              .formatted(e.getMessage(), resumeCommand()));
    } catch (TrainingException e) {
      reports.log(e.getMessage());
      throw e;
    }
  }

  private static SequencedMap<String, double[]> decays(ModelBuilder builder, Trainable trainable) {
    Map<String, NativeTensor> weights = new LinkedHashMap<>(builder.weights());
    weights.putAll(trainable.model().parameters());
    return DecayCurves.of(builder.compilation(), weights);
  }

  private List<String> begins(ModelBuilder builder, TrainingData data) {
    ModelDescription model = builder.compiled().description();
    long parameters = model.parameters().stream().mapToLong(TensorDescription::size).sum();
    String heldOut =
        data.heldOut()
            .map(corpus ->
                "%s held out%s"
                    .formatted(
                        Quantity.count(corpus.size()),
                        dataOptions.isHeldOutOfTexts()
                            ? " (the last %s %% of the data)"
                                .formatted(Quantity.decimal(100 * dataOptions.heldFraction(), 1))
                            : ""))
            .orElse("none held out");
    return List.of(
        "%s: %s parameters, %s, batches of %d rows of %d tokens."
            .formatted(
                model.name(),
                Quantity.rounded(parameters),
                modelOptions.form(builder),
                data.batch(),
                data.length()),
        "%s: %s tokens in %s documents to train on, %s."
            .formatted(
                data.name(),
                Quantity.count(data.train().size()),
                Quantity.count(data.train().documents()),
                heldOut));
  }

  private Run run(ModelBuilder builder, TrainingData data, Trainable trainable) {
    Map<String, NativeTensor> parameters = trainable.model().parameters();
    AdamW optimiser =
        new AdamW(
            trainable.model(), AdamW.matrices(parameters), optimiserOptions.optimiser(), engine);
    Optional<Supplier<String>> sampler =
        data.tokenizer()
            .map(tokenizer ->
                new Samples(tokenizer, samples.prompt(), samples.length(), optimiserOptions.seed()))
            .map(drawn -> () -> drawn.draw(builder.withParameters(parameters), engine));
    return new Run(
        trainable.model(),
        optimiser,
        data.batches(dataOptions, Mixing.mix(optimiserOptions.seed(), 1)),
        data.heldOut(dataOptions.heldTokens()),
        sampler);
  }

  private int paused(Trainer.Result result, RunReports reports, boolean interrupted, long begin) {
    reports.say(
        "Stopped after step %,d. Go on with: %s".formatted(result.state().step(), resumeCommand()));
    if (json) {
      console.out().println(Json.line(values(result, Optional.empty(), begin)));
    }
    return interrupted ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private String resumeCommand() {
    Stream<String> more = arguments.contains("--resume") ? Stream.of() : Stream.of("--resume");
    return Stream.of(Stream.of("retain"), arguments.stream().map(Job::quoted), more)
        .flatMap(part -> part)
        .collect(Collectors.joining(" "));
  }

  /** As a shell takes it for one word. */
  private static String quoted(String argument) {
    return argument.matches("[\\w./,:=@%+-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  private void finish(
      RunFolder opened,
      ModelBuilder builder,
      TrainingData data,
      Run run,
      Trainer.Result result,
      RunReports reports,
      long begin) {
    Map<String, NativeTensor> parameters = run.model().parameters();
    Optional<StoredCheckpoint> best = opened.checkpoints().best();
    best.ifPresent(stored -> stored.readInto(Trainer.weights(run.model())));
    long step = best.map(stored -> stored.state().step()).orElse(result.state().step());
    ModelBuilder trained = builder.withParameters(parameters);
    Path jar = folder.resolve("model.jar");
    Path weights = folder.resolve("model.safetensors");
    trained.writeJar(jar, Map.of(), List.of());
    ModelBuilder.Exported exported = trained.export(modelOptions.definition());
    SafetensorsWriter.write(weights, exported.tensors(), Map.of());
    reports.say(
        result.ending() == Ending.STOPPED_EARLY
            ? "Stopped after step %,d: no better since step %,d."
                .formatted(result.state().step(), result.state().bestStep())
            : "Finished after step %,d.".formatted(result.state().step()));
    reports.say(
        "Wrote %s and %s (names of %s) with the weights of step %,d, and %s."
            .formatted(jar, weights, exported.layout(), step, folder.resolve("report.html")));
    Optional<HeldOutReport> measured =
        data.heldOut(Long.MAX_VALUE).map(text -> Evaluation.measure(run.model(), text, step));
    measured.ifPresent(report -> reports.say(line(report, data.length())));
    if (json) {
      console.out().println(Json.line(values(result, measured, begin)));
    }
  }

  private static String line(HeldOutReport report, int length) {
    return "Held out, all %s tokens, in rows of %d from rest: loss %s%s."
        .formatted(
            Quantity.count(report.targets()),
            length,
            Quantity.decimal(report.loss(), 4),
            Double.isNaN(report.bitsPerByte())
                ? ""
                : ", " + Quantity.decimal(report.bitsPerByte(), 4) + " bits per byte");
  }

  private Map<String, Object> values(
      Trainer.Result result, Optional<HeldOutReport> measured, long begin) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("ending", result.ending().name().toLowerCase(Locale.ROOT));
    values.put("step", result.state().step());
    values.put("best_step", result.state().bestStep());
    measured.ifPresent(report -> {
      values.put("loss", report.loss());
      if (!Double.isNaN(report.bitsPerByte())) {
        values.put("bits_per_byte", report.bitsPerByte());
      }
      values.put("held_out_tokens", report.targets());
    });
    values.put("seconds", (System.nanoTime() - begin) / 1e9);
    values.put("out", folder.toString());
    return values;
  }
}
