package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.compiler.Compilation;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.JsonRenderer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks a definition and tells its measures. */
@Command(
    name = "check",
    description = {
      "Check a definition, and tell its axes, parameters, states, and operations per token.",
      "",
      "Sizes are for one sequence. An operation is one addition, multiplication or function of one"
          + " number. Memory is what a form takes beside weights and states. The body is what has"
          + " no vocabulary axis.",
    })
final class Check implements Callable<Integer> {
  static final String EXAMPLE = "models/retnet.ret --set preset=base vocab=256";

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private DefinitionOptions definition;

  @Option(
      names = "--json",
      description =
          "Print one line of JSON: the same, or the errors under 'diagnostics', which is empty if"
              + " all is well.")
  private boolean json;

  Check(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      Compilation compilation = Compilation.of(definition.file(), definition.settings());
      Measures measures = Measures.of(compilation, definition);
      if (json) {
        console.out().println(Json.line(measures.values()));
      } else {
        measures.print(console.out());
      }
      return ExitCode.OK;
    } catch (CompileException e) {
      if (!json) {
        throw e;
      }
      console.out().println("{\"diagnostics\":" + JsonRenderer.render(e.diagnostics()) + "}");
      return ExitCode.WRONG_INPUT;
    }
  }
}
