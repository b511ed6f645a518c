package dev.retain.cli.run;

import dev.retain.cli.console.Console;
import dev.retain.cli.console.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of this package, to be added to a program. */
public final class RunCommands {
  private record Entry(BiFunction<Console, ModelLocation, Object> command, String example) {}

  private static final List<Entry> ALL =
      List.of(
          new Entry(Inspect::new, Inspect.EXAMPLE),
          new Entry(Score::new, Score.EXAMPLE),
          new Entry(Generate::new, Generate.EXAMPLE),
          new Entry(Logits::new, Logits.EXAMPLE));

  private RunCommands() {}

  /** Adds them so that each takes the model's jar as its first argument. */
  public static void addTo(Program program, Console console) {
    for (Entry entry : ALL) {
      ModelParameter model = new ModelParameter();
      CommandSpec spec = CommandSpec.forAnnotatedObject(entry.command.apply(console, model));
      spec.addMixin("model", CommandSpec.forAnnotatedObject(model));
      program.with(spec, "model.jar " + entry.example);
    }
  }

  /** Adds them for the model in one jar. */
  public static void addTo(Program program, Console console, Path jar) {
    for (Entry entry : ALL) {
      Object command = entry.command.apply(console, () -> jar);
      program.with(CommandSpec.forAnnotatedObject(command), entry.example);
    }
  }
}
