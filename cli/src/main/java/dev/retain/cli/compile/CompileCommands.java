package dev.retain.cli.compile;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;
import dev.retain.compiler.diagnostics.CaretRenderer;
import dev.retain.compiler.diagnostics.CompileException;
import java.util.Optional;

/** The commands of this package, to be added to a program. */
public final class CompileCommands {
  private CompileCommands() {}

  public static void addTo(Program program, Console console) {
    program.with(new Check(console), Check.EXAMPLE);
    program.with(new Compile(console), Compile.EXAMPLE);
    program.with(new Dump(console), Dump.EXAMPLE);
    program.with(new Prove(console), Prove.EXAMPLE);
  }

  /** What to say if it is the definition that is wrong. */
  public static Optional<String> explain(Throwable failure) {
    return failure instanceof CompileException e
        ? Optional.of(CaretRenderer.render(e.diagnostics()).stripTrailing())
        : Optional.empty();
  }
}
