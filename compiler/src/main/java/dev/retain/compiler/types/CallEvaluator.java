package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Wrong;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes calls of what a name stands for: a layer, a function or a recurrence. */
final class CallEvaluator {
  private static final int MOST_FUNCTION_CALLS = 5_000_000;

  private final Evaluator evaluator;
  private final Program program;
  private final Diagnostics diagnostics;
  private final Evaluator.Calls calls;
  private final BuiltinEvaluator builtins;
  private int functionCalls;

  CallEvaluator(
      Evaluator evaluator,
      Program program,
      Diagnostics diagnostics,
      Evaluator.Calls calls,
      BuiltinEvaluator builtins) {
    this.evaluator = evaluator;
    this.program = program;
    this.diagnostics = diagnostics;
    this.calls = calls;
    this.builtins = builtins;
  }

  Value evaluate(Expression.CallExpression call, Environment environment) {
    String name = call.function().text();
    Environment.Instance layer = environment.layers().get(name);
    Value local = environment.values().get(name);
    if (layer != null) {
      List<String> inputs =
          CallInputs.of(layer.layer().items()).stream().map(item -> item.name().text()).toList();
      Map<String, Value> values = bind(call.arguments(), inputs, environment);
      return values.containsValue(new Wrong())
          ? new Wrong()
          : calls.layer(layer, values, call.span(), environment);
    }
    if (local instanceof Value.FunctionName function) {
      return function(function.function(), call, environment);
    }
    if (local instanceof Wrong) {
      return local;
    }
    Optional<Scope.Entry> entry = environment.scope().find(name);
    if (entry.isEmpty()) {
      return builtins.evaluate(call, environment);
    }
    if (entry.get().declaration() instanceof RecurrenceDeclaration recurrence) {
      List<String> inputs =
          CallInputs.of(recurrence.items()).stream().map(item -> item.name().text()).toList();
      Map<String, Value> values = bind(call.arguments(), inputs, environment);
      return values.containsValue(new Wrong())
          ? new Wrong()
          : calls.recurrence(recurrence, entry.get(), values, call, environment);
    }
    return function(entry.get(), call, environment);
  }

  private Map<String, Value> bind(
      Arguments arguments, List<String> names, Environment environment) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.positional().size(); i++) {
      values.put(names.get(i), evaluator.evaluate(arguments.positional().get(i), environment));
    }
    for (Arguments.NamedArgument named : arguments.named()) {
      values.put(named.name().text(), evaluator.evaluate(named.value(), environment));
    }
    return values;
  }

  private Value function(
      Scope.Entry entry, Expression.CallExpression call, Environment environment) {
    FunctionDeclaration function = (FunctionDeclaration) entry.declaration();
    Environment inside = new Environment(program.scope(entry.file()), function.name().text(), "");
    inside.mapped().addAll(environment.mapped());
    List<String> names = function.parameters().stream().map(Name::text).toList();
    if (functionCalls == MOST_FUNCTION_CALLS) {
      diagnostics
          .error(
              Code.TOO_DEEP,
              call.span(),
              "the model calls functions more than " + MOST_FUNCTION_CALLS + " times")
          .help("call a function once and give its result a name");
      return new Wrong();
    }
    functionCalls++;
    Map<String, Value> values = bind(call.arguments(), names, environment);
    if (values.containsValue(new Wrong())) {
      return new Wrong();
    }
    inside.values().putAll(values);
    for (int i = 0; i < function.over().size(); i++) {
      Optional<Axis> axis = evaluator.axis(call.arguments().over().get(i), environment);
      if (axis.isEmpty()) {
        return new Wrong();
      }
      inside.values().put(function.over().get(i).text(), new Known(axis.get().size(), axis));
    }
    int count = diagnostics.count();
    Value result = evaluator.evaluate(function.body(), inside);
    diagnostics.noteSince(count, call.span(), "in this call of `" + function.name() + "`");
    return result;
  }
}
