package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.compiler.Proofs;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.JsonRenderer;
import dev.retain.compiler.proof.Proof;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.ProofValues;
import dev.retain.compiler.proof.Verdict;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Parameters(paramLabel = "FILE.ret", description = "The definition of recurrences.")
  private Path file;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  Prove(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Proofs proofs;
    try {
      proofs = Proofs.of(file, ProofCache.none());
    } catch (CompileException e) {
      if (!json) {
        throw e;
      }
      console.out().println("{\"diagnostics\":" + JsonRenderer.render(e.diagnostics()) + "}");
      return ExitCode.WRONG_INPUT;
    }
    if (json) {
      console.out().println(Json.line(values(proofs)));
    } else {
      print(proofs, console.out());
    }
    return proofs.proofs().stream().allMatch(proof -> proof.verdict().isProved())
        ? ExitCode.OK
        : ExitCode.WRONG_INPUT;
  }

  private Map<String, Object> values(Proofs proofs) {
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

  private static void print(Proofs proofs, PrintStream out) {
    String recurrence = "";
    for (Proof proof : proofs.proofs()) {
      if (!proof.recurrence().equals(recurrence)) {
        recurrence = proof.recurrence();
        out.println(recurrence);
      }
      out.println("  " + proof.form() + ": " + ProofValues.word(proof.verdict()));
      out.println("    " + ProofValues.text(proof.verdict()));
      if (proof.verdict() instanceof Verdict.Refuted(var witness)) {
        out.println("    with " + witness.inputsText());
      }
    }
    for (Proofs.Missing missing : proofs.missing()) {
      out.println(
          missing.recurrence()
              + "\n  "
              + missing.form()
              + ": there is none\n    "
              + missing.reason());
    }
    Map<String, Integer> count = count(proofs);
    out.println(
        "%d proved, %d refuted, %d undecided"
            .formatted(count.get("proved"), count.get("refuted"), count.get("undecided")));
  }
}
