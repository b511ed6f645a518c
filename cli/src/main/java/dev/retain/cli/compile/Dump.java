package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Table;
import dev.retain.compiler.Compilation;
import dev.retain.compiler.Pass;
import dev.retain.runtime.program.Width;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a pass of the compiler made. */
@Command(
    name = "dump",
    description = "Print what a pass of the compiler made of a definition, as text.")
final class Dump implements Callable<Integer> {
  static final String EXAMPLE = "models/retnet.ret --pass tensor.chunkwise --set layers=1";

  private static final String LIST = "list";

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private DefinitionOptions definition;
  @Mixin private TypeOption type;

  @Option(
      names = "--pass",
      required = true,
      paramLabel = "NAME",
      description = "The pass; '" + LIST + "' prints the names of all, in order.")
  private String pass;

  @Option(
      names = "--width",
      paramLabel = "W",
      converter = WidthConverter.class,
      defaultValue = "w512",
      description =
          "Vectors of the kernels: w512, w256, w128 (bits) or scalar (default: ${DEFAULT-VALUE}).")
  private Width width;

  Dump(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (pass.equals(LIST)) {
      Table table = new Table("pass", "makes");
      Pass.list().forEach(one -> table.row(one.name(), one.description()));
      table.print(console.out());
    } else {
      Compilation compilation = Compilation.of(definition.file(), definition.settings());
      console.out().print(Pass.dump(pass, compilation, type.real(), width));
    }
    return ExitCode.OK;
  }
}
