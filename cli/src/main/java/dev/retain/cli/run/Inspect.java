package dev.retain.cli.run;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.runtime.jar.ModelJar;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what is in a model's jar. */
@Command(
    name = "inspect",
    description = {
      "Tell what is in a model's jar: hyperparameters, tensors, states, forms, kernels, and what is"
          + " known of the forms' equivalence.",
      "",
      "Nothing is run, and the weights are not read.",
    })
final class Inspect implements Callable<Integer> {
  static final String EXAMPLE = "--json";

  private final Console console;
  private final ModelLocation model;

  @Mixin private CommonOptions common;

  @Option(names = "--json", description = "Print one line of JSON; bytes and counts are exact.")
  private boolean json;

  Inspect(Console console, ModelLocation model) {
    this.console = console;
    this.model = model;
  }

  @Override
  public Integer call() {
    try (ModelJar jar = ModelJar.open(model.path())) {
      Summary summary = new Summary(jar.description(), jar.widths(), jar.certificate());
      if (json) {
        console.out().println(Json.line(summary.values()));
      } else {
        summary.print(console.out());
      }
    }
    return ExitCode.OK;
  }
}
