package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.PresetValue;
import dev.retain.compiler.types.Value.Flag;
import dev.retain.compiler.types.Value.FunctionName;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Origin;
import dev.retain.compiler.types.Value.Wrong;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a model's hyperparameters: settings, before the preset's, before those of a preset
 * that is called {@code default}, before the defaults of the model itself.
 */
final class Settings {
  private static final String PRESET = "preset";

  /** The preset that is taken without being asked for. */
  private static final String DEFAULT = "default";

  private final Program program;
  private final LayerDeclaration model;
  private final Evaluator evaluator;
  private final Diagnostics diagnostics;
  private final Environment environment;

  Settings(Program program, LayerDeclaration model, Evaluator evaluator, Diagnostics diagnostics) {
    this.program = program;
    this.model = model;
    this.evaluator = evaluator;
    this.diagnostics = diagnostics;
    this.environment =
        new Environment(program.scope(program.fileOf(model)), model.name().text(), "");
  }

  Map<String, Value> values(Map<String, String> settings) {
    List<String> names = model.hyperparameters().stream().map(h -> h.name().text()).toList();
    for (String name : settings.keySet()) {
      if (!names.contains(name) && !name.equals(PRESET)) {
        diagnostics
            .error(
                Code.UNKNOWN_HYPERPARAMETER,
                Span.none(),
                "--set "
                    + name
                    + "="
                    + settings.get(name)
                    + ": the model `"
                    + model.name()
                    + "` has no hyperparameter `"
                    + name
                    + "`")
            .help(
                Suggestions.didYouMean(name, names)
                    .orElse(
                        names.isEmpty() ? "it has none" : "it has " + String.join(", ", names)));
      }
    }
    Map<String, PresetValue> preset = preset(settings);
    Map<String, Value> values = new LinkedHashMap<>();
    for (Hyperparameter hyper : model.hyperparameters()) {
      String name = hyper.name().text();
      Value value;
      if (settings.containsKey(name)) {
        value = setting(hyper, settings.get(name));
      } else if (preset.containsKey(name)) {
        value = written(hyper, preset.get(name).value());
      } else {
        value = written(hyper, hyper.defaultValue().orElseThrow());
      }
      values.put(name, value);
      environment.values().put(name, value);
    }
    return values;
  }

  /** A hyperparameter's value as the user would write it. */
  static String text(Value value) {
    return switch (value) {
      case Known known -> Numbers.text(known.number());
      case Flag flag -> Boolean.toString(flag.value());
      case FunctionName function -> function.function().name().text();
      case Value.Tensor tensor -> throw new AssertionError(tensor);
      case Value.Position position -> throw new AssertionError(position);
      case Value.ByPosition values -> throw new AssertionError(values);
      case Value.Mask mask -> throw new AssertionError(mask);
      case Wrong wrong -> throw new AssertionError(wrong);
    };
  }

  private Map<String, PresetValue> preset(Map<String, String> settings) {
    List<PresetDeclaration> presets = program.presets(model.name().text());
    Map<String, PresetValue> values = new LinkedHashMap<>();
    named(DEFAULT, presets).ifPresent(preset -> enter(preset, values));
    if (settings.containsKey(PRESET)) {
      asked(settings.get(PRESET), presets).ifPresent(preset -> enter(preset, values));
    }
    return values;
  }

  private static void enter(PresetDeclaration preset, Map<String, PresetValue> values) {
    preset.values().forEach(value -> values.put(value.name().text(), value));
  }

  private static Optional<PresetDeclaration> named(String name, List<PresetDeclaration> presets) {
    return presets.stream().filter(preset -> preset.name().text().equals(name)).findFirst();
  }

  private Optional<PresetDeclaration> asked(String name, List<PresetDeclaration> presets) {
    Optional<PresetDeclaration> found = named(name, presets);
    if (found.isEmpty()) {
      List<String> names = presets.stream().map(preset -> preset.name().text()).toList();
      diagnostics
          .error(
              Code.UNKNOWN_PRESET,
              Span.none(),
              "--set preset=" + name + ": `" + model.name() + "` has no preset `" + name + "`")
          .help(
              Suggestions.didYouMean(name, names)
                  .orElse(names.isEmpty() ? "it has none" : "it has " + String.join(", ", names)));
    }
    return found;
  }

  /** A value of the file: a preset's or a default. */
  private Value written(Hyperparameter hyper, Expression expression) {
    Value value =
        Hyperparameters.check(
            hyper,
            model.hyperparameters(),
            environment.scope(),
            evaluator.evaluate(expression, environment),
            expression.span(),
            diagnostics);
    return value instanceof Known known
        ? known.from(
            new Origin(
                "`" + hyper.name() + "` = " + Numbers.text(known.number()), expression.span()))
        : value;
  }

  private Value setting(Hyperparameter hyper, String text) {
    Hyperparameters.Kind kind = Hyperparameters.kind(hyper, model.hyperparameters());
    String said = "--set " + hyper.name() + "=" + text;
    Value value =
        switch (kind) {
          case WHOLE ->
              number(text, said).filter(k -> Hyperparameters.isWhole(k.number())).orElse(null);
          case NUMBER -> number(text, said).orElse(null);
          case FLAG -> flag(text);
          case NUMBER_OR_FLAG -> throw new AssertionError(hyper);
          case FUNCTION ->
              hyper.choices().stream()
                  .map(Name::text)
                  .filter(text::equals)
                  .findFirst()
                  .flatMap(environment.scope()::find)
                  .map(FunctionName::new)
                  .orElse(null);
        };
    if (value == null) {
      diagnostics
          .error(
              Code.WRONG_HYPERPARAMETER,
              Span.none(),
              said + ": `" + hyper.name() + "` is " + Hyperparameters.words(hyper, kind))
          .help(
              Suggestions.didYouMean(text, hyper.choices().stream().map(Name::text).toList())
                  .orElse("give it " + Hyperparameters.words(hyper, kind)))
          .note(hyper.span(), "it is declared here");
      return new Wrong();
    }
    return value;
  }

  private static Value flag(String text) {
    return switch (text) {
      case "true", "1" -> new Flag(true);
      case "false", "0" -> new Flag(false);
      default -> null;
    };
  }

  private static Optional<Known> number(String text, String said) {
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number)
          ? Optional.of(Known.of(number).from(new Origin(said, Span.none())))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
