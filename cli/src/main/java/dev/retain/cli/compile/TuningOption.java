package dev.retain.cli.compile;

import dev.retain.compiler.Compiler;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Found;
import dev.retain.compiler.tuning.Machine;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.tuning.TuningCache;
import dev.retain.compiler.tuning.TuningKey;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Whether what {@code retain tune} measured is used. */
public final class TuningOption {
  /** What to do with it. */
  enum Use {
    AUTO,
    SAY,
    OFF
  }

  /** From how the command line calls them. */
  static final class UseConverter implements ITypeConverter<Use> {
    @Override
    public Use convert(String text) {
      return Stream.of(Use.values())
          .filter(use -> use.name().toLowerCase(Locale.ROOT).equals(text))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("expected auto, say or off, found '" + text + "'"));
    }
  }

  @Option(
      names = "--tuning",
      paramLabel = "auto|say|off",
      converter = UseConverter.class,
      defaultValue = "auto",
      description =
          "Use the chunks and tiles that 'retain tune' found for this machine and these shapes"
              + " (auto; say: and tell if it never ran), or the usual ones (off) (default:"
              + " ${DEFAULT-VALUE}).")
  private Use use;

  /**
   * What is used for a model; one line on {@code log} says what, or why nothing was found.
   *
   * @param work which choice the line tells
   */
  public Function<Model, Tuning> tuner(
      DefinitionOptions definition,
      ElementType real,
      Function<Tuning, Choice> work,
      PrintStream log) {
    return model -> {
      TuningCache cache = TuningCache.ofUser();
      // To ask what the machine is takes some milliseconds.
      if (use == Use.OFF || use == Use.AUTO && !cache.knows(model.name())) {
        return Tuning.usual(Width.W512);
      }
      Machine machine = Machine.current();
      TuningKey key = TuningKey.of(Compiler.VERSION, machine, model, real);
      Found found = cache.find(key);
      log.println(line(found, model, work, command(definition, real)));
      return found instanceof Found.Hit(Tuning tuning) ? tuning : Tuning.usual(machine.width());
    };
  }

  private static String line(
      Found found, Model model, Function<Tuning, Choice> work, String command) {
    return switch (found) {
      case Found.Hit(Tuning tuning) ->
          "Tuned: %s%s, measured %s."
              .formatted(
                  work.apply(tuning).text(),
                  work.apply(tuning).equals(work.apply(Tuning.usual(tuning.width())))
                      ? ", as usual"
                      : "",
                  tuning.measured().orElseThrow());
      case Found.Missed(List<String> reasons) ->
          "Not tuned: %s was tuned %s. To tune this: %s"
              .formatted(model.name(), String.join("; ", reasons), command);
      case Found.Damaged(String problem) ->
          "Not tuned, since what was measured cannot be read: %s. Delete it, or measure again: %s"
              .formatted(problem, command);
      case Found.Nothing() ->
          "Not tuned: %s was never tuned. To do so: %s".formatted(model.name(), command);
    };
  }

  private static String command(DefinitionOptions definition, ElementType real) {
    String settings =
        definition.settings().entrySet().stream()
            .map(set -> " " + set.getKey() + "=" + set.getValue())
            .collect(Collectors.joining());
    return "retain tune "
        + definition.file()
        + (settings.isEmpty() ? "" : " --set" + settings)
        + (real == ElementType.F32 ? "" : " --dtype " + real.name().toLowerCase(Locale.ROOT));
  }
}
