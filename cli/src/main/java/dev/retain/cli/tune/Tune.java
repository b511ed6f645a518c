package dev.retain.cli.tune;

import dev.retain.cli.compile.DefinitionOptions;
import dev.retain.cli.compile.TypeOption;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.Quantity;
import dev.retain.compiler.Compiler;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Found;
import dev.retain.compiler.tuning.Machine;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.tuning.TuningCache;
import dev.retain.compiler.tuning.TuningKey;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.progress.Progress;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures which chunks and tiles are fastest for a model on this machine. */
@Command(
    name = "tune",
    description = {
      "Measure which chunks and tiles are fastest for a model on this machine.",
      "",
      "Reading and training in the chunkwise form are tried with some lengths of chunks and some"
          + " ways to cut products, beside the usual ones, in turns. What is faster beyond doubt is"
          + " kept in the user's cache, and used by 'retain compile' and 'retain train' from then"
          + " on. Nothing else should run meanwhile. Decoding has nothing to choose: it reads the"
          + " weights once.",
    })
public final class Tune implements Callable<Integer> {
  public static final String EXAMPLE = "models/retnet.ret --set d=512 layers=6";

  private static final List<Integer> CHUNKS = List.of(16, 32, 64, 128, 256);
  private static final List<Integer> TRAINING_CHUNKS = List.of(64, 128, 256);
  private static final int ROUNDS = 5;
  private static final int QUICK_ROUNDS = 3;

  /** Of the processors; then measurements disturb each other. */
  private static final double BUSY = 0.5;

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private DefinitionOptions definition;
  @Mixin private TypeOption type;

  @Option(
      names = "--quick",
      description = "Leave out training, and measure the rest in fewer rounds.")
  private boolean quick;

  @Option(
      names = "--json",
      description =
          "Print one line of JSON: reading and training (usual, best, ratio, taken, tried), file,"
              + " seconds.")
  private boolean json;

  public Tune(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    Machine machine = Machine.current();
    ModelBuilder builder = build(machine);
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    if (load > BUSY * machine.processors()) {
      console
          .err()
          .println(
              "retain: other processes are busy (a load of %s on %d processors): the search takes longer, and finds less"
                  .formatted(Quantity.decimal(load, 1), machine.processors()));
    }
    TuningKey key =
        TuningKey.of(Compiler.VERSION, machine, builder.compilation().model(), type.real());
    TuningCache cache = TuningCache.ofUser();
    List<Search.Outcome> outcomes = search(builder, machine);
    Choice training =
        outcomes.size() > 1 ? outcomes.getLast().choice() : knownTraining(cache, key, machine);
    Tuning tuning =
        new Tuning(
            machine.width(),
            outcomes.getFirst().choice(),
            training,
            Optional.of(LocalDate.now().toString()));
    Path file = cache.write(key, tuning);
    TuneReport report = new TuneReport(key, outcomes, file, (System.nanoTime() - begin) / 1e9);
    if (json) {
      console.out().println(Json.line(report.values()));
    } else {
      report.print(console.out());
    }
    return ExitCode.OK;
  }

  private ModelBuilder build(Machine machine) {
    ModelBuilder builder =
        ModelBuilder.build(
            new ModelBuilder.Request(
                definition.file(),
                definition.settings(),
                Optional.empty(),
                List.of(),
                OptionalLong.empty(),
                type.real(),
                List.of(machine.width())));
    if (builder.compiled().description().program(Form.CHUNKWISE, false).isEmpty()) {
      throw new RetainException(
          "%s has no chunkwise form, so there is nothing to choose"
              .formatted(builder.compilation().model().name()));
    }
    return builder;
  }

  private List<Search.Outcome> search(ModelBuilder builder, Machine machine) {
    Engine workers = Engine.shared();
    int rounds = quick ? QUICK_ROUNDS : ROUNDS;
    List<Tiling> tilings = Tiling.candidates(machine.width().bits());
    long parameters = builder.compilation().model().parameterCount();
    boolean trains = !quick && parameters <= Training.LARGEST;
    Search reading =
        new Search(new Reading(builder, machine.width(), workers), CHUNKS, tilings, rounds);
    Search training =
        new Search(
            new Training(builder, machine.width(), workers), TRAINING_CHUNKS, tilings, rounds);
    List<Search> searches = trains ? List.of(reading, training) : List.of(reading);
    int all = searches.stream().mapToInt(Search::ticks).sum();
    List<Search.Outcome> outcomes = new ArrayList<>();
    try (Progress progress =
        Progress.on(console.err(), console.errIsTerminal(), "tune", "measurements", 0, all)) {
      int[] done = {0};
      for (Search search : searches) {
        try (Workload workload = search.workload()) {
          outcomes.add(search.run(() -> progress.update(++done[0], () -> workload.name())));
        }
      }
    }
    return outcomes;
  }

  /** What an earlier search found, if this one does not look at it. */
  private static Choice knownTraining(TuningCache cache, TuningKey key, Machine machine) {
    return cache.find(key) instanceof Found.Hit(Tuning known)
        ? known.training()
        : Tuning.usualTraining(machine.width());
  }
}
