package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.run.ChunkOption;
import dev.retain.compiler.Proofs;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.JsonRenderer;
import dev.retain.compiler.proof.Proof;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.ProofValues;
import dev.retain.compiler.proof.Verdict;
import dev.retain.runtime.program.ModelDescription;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Decides whether the forms of each recurrence are the same function as its steps. */
@Command(
    name = "prove",
    description = {
      "Decide whether the forms of each recurrence of a file compute what its steps do.",
      "",
      "There are three verdicts. Proved: for the lengths and sizes that are told, with odds of a"
          + " mistake below the bound. Refuted: not the same, and here are numbers that show it."
          + " Undecided: no difference was found, and no proof; what is in the way is told.",
      "",
      "The exit code is 0 only if everything is proved.",
    })
final class Prove implements Callable<Integer> {
  static final String EXAMPLE = "models/recurrences/delta-net.ret";

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private WeightOptions weights;
  @Mixin private ChunkOption chunk;

  @Parameters(paramLabel = "FILE.ret", description = "The definition of recurrences.")
  private Path file;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Option(
      names = "--measure",
      description =
          "Measure how far each form is from the steps, on random inputs in float64; and with"
              + " --weights how far the logits of the file's model are from the recurrent ones, in"
              + " every form, on --text or --ids.")
  private boolean measure;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "What to measure on: the first " + LogitsMeasure.LENGTH + " bytes of a text.")
  private Optional<Path> text = Optional.empty();

  @Option(
      names = "--ids",
      paramLabel = "IDS",
      description = "What to measure on: a safetensors file with ids, [batch, time] or [time].")
  private Optional<Path> ids = Optional.empty();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "input_ids",
      description = "The tensor with the ids (default: ${DEFAULT-VALUE}).")
  private String name;

  @Spec private CommandSpec spec;

  Prove(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    checkOptions();
    Proofs proofs;
    List<LogitsMeasure> logits;
    try {
      proofs = Proofs.of(file, measure, ProofCache.none());
      logits =
          weights
              .file()
              .map(given ->
                  LogitsMeasure.of(
                      file,
                      given,
                      weights.prefixes(),
                      tokens(),
                      chunk.chunk(ModelDescription.USUAL_CHUNK)))
              .orElse(List.of());
    } catch (CompileException e) {
      if (!json) {
        throw e;
      }
      console.out().println("{\"diagnostics\":" + JsonRenderer.render(e.diagnostics()) + "}");
      return ExitCode.WRONG_INPUT;
    }
    if (json) {
      console.out().println(Json.line(values(proofs, logits)));
    } else {
      print(proofs, logits, console.out());
    }
    return proofs.proofs().stream().allMatch(proof -> proof.verdict().isProved())
        ? ExitCode.OK
        : ExitCode.WRONG_INPUT;
  }

  private void checkOptions() {
    weights.check();
    if (weights.file().isPresent() && (!measure || text.isPresent() == ids.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), "--weights needs --measure, and either --text or --ids");
    }
    if (weights.file().isEmpty() && (text.isPresent() || ids.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), "--text and --ids are for a model with --weights");
    }
  }

  private int[][] tokens() {
    return text.map(LogitsMeasure::text).orElseGet(() -> LogitsMeasure.ids(ids.get(), name));
  }

  private Map<String, Object> values(Proofs proofs, List<LogitsMeasure> logits) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("file", file.toString());
    values.put("proofs", proofs.proofs().stream().map(ProofValues::of).toList());
    values.put(
        "missing",
        proofs.missing().stream()
            .map(missing ->
                Map.of(
                    "recurrence",
                    missing.recurrence(),
                    "form",
                    missing.form().text(),
                    "reason",
                    missing.reason()))
            .toList());
    if (weights.file().isPresent()) {
      values.put("measured_logits", logits.stream().map(LogitsMeasure::values).toList());
    }
    count(proofs).forEach(values::put);
    return values;
  }

  private static Map<String, Integer> count(Proofs proofs) {
    Map<String, Integer> count = new LinkedHashMap<>();
    count.put("proved", 0);
    count.put("refuted", 0);
    count.put("undecided", 0);
    proofs
        .proofs()
        .forEach(proof -> count.merge(ProofValues.word(proof.verdict()), 1, Integer::sum));
    return count;
  }

  private static void printMissing(Proofs proofs, String recurrence, PrintStream out) {
    proofs.missing().stream()
        .filter(missing -> missing.recurrence().equals(recurrence))
        .forEach(missing ->
            out.println("  " + missing.form() + ": there is none\n    " + missing.reason()));
  }

  private void print(Proofs proofs, List<LogitsMeasure> logits, PrintStream out) {
    String recurrence = "";
    for (Proof proof : proofs.proofs()) {
      if (!proof.recurrence().equals(recurrence)) {
        recurrence = proof.recurrence();
        out.println(recurrence);
        printMissing(proofs, recurrence, out);
      }
      out.println("  " + proof.form() + ": " + ProofValues.word(proof.verdict()));
      out.println("    " + ProofValues.text(proof.verdict()));
      if (proof.verdict() instanceof Verdict.Refuted(var witness)) {
        out.println("    with " + witness.inputsText());
      }
      proof.measured().ifPresent(measured -> out.println("    " + measured.text()));
    }
    if (!logits.isEmpty()) {
      out.println(
          "Measured with weights, float64, chunks of %d, against the recurrent form"
              .formatted(chunk.chunk(ModelDescription.USUAL_CHUNK)));
      logits.forEach(measure -> out.println("  " + measure.line()));
    }
    Map<String, Integer> count = count(proofs);
    out.println(
        "%d proved, %d refuted, %d undecided"
            .formatted(count.get("proved"), count.get("refuted"), count.get("undecided")));
  }
}
