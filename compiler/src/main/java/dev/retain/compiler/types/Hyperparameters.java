package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.UnaryOperator;
import dev.retain.compiler.types.Value.Flag;
import dev.retain.compiler.types.Value.FunctionName;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.List;
import java.util.stream.Collectors;

/** What kind of value a hyperparameter takes, and whether it gets one. */
final class Hyperparameters {
  enum Kind {
    NUMBER_OR_FLAG,
    WHOLE,
    NUMBER,
    FLAG,
    FUNCTION
  }

  private Hyperparameters() {}

  /** The kind that the choices or the default value say. */
  static Kind kind(Hyperparameter hyper, List<Hyperparameter> all) {
    if (!hyper.choices().isEmpty()) {
      return Kind.FUNCTION;
    }
    return hyper.defaultValue().map(value -> kind(value, all)).orElse(Kind.NUMBER_OR_FLAG);
  }

  private static Kind kind(Expression value, List<Hyperparameter> all) {
    return switch (value) {
      case Expression.NumberLiteral number ->
          number.text().chars().allMatch(Character::isDigit) ? Kind.WHOLE : Kind.NUMBER;
      case Expression.FlagLiteral flag -> Kind.FLAG;
      case Expression.NameExpression name ->
          all.stream()
              .filter(hyper -> hyper.name().text().equals(name.name()))
              .findFirst()
              .map(hyper -> kind(hyper, all.subList(0, all.indexOf(hyper))))
              .orElse(Kind.NUMBER);
      case Expression.Unary unary ->
          unary.operator() == UnaryOperator.NOT ? Kind.FLAG : kind(unary.operand(), all);
      case Expression.Binary binary -> kind(binary.operator());
      case Expression.Conditional conditional -> kind(conditional.whenTrue(), all);
      case Expression.CallExpression call -> Kind.NUMBER;
      case Expression.IndexExpression index -> Kind.NUMBER;
      case Expression.PrimedName primed -> Kind.NUMBER;
    };
  }

  private static Kind kind(BinaryOperator operator) {
    return switch (operator) {
      case OR, AND, EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> Kind.FLAG;
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, CONTRACT, POWER -> Kind.NUMBER;
    };
  }

  /** The kind in the words of a message. */
  static String words(Hyperparameter hyper, Kind kind) {
    return switch (kind) {
      case NUMBER_OR_FLAG -> "a number or a flag";
      case WHOLE -> "a whole number";
      case NUMBER -> "a number";
      case FLAG -> "a flag, true or false";
      case FUNCTION ->
          "one of " + hyper.choices().stream().map(Name::text).collect(Collectors.joining(", "));
    };
  }

  static boolean isWhole(double number) {
    return number == Math.rint(number);
  }

  /**
   * The value if it is of the right kind, else a diagnostic.
   *
   * @param scope what names mean where the hyperparameter is declared
   * @param span of the value
   */
  static Value check(
      Hyperparameter hyper,
      List<Hyperparameter> all,
      Scope scope,
      Value value,
      Span span,
      Diagnostics diagnostics) {
    Kind kind = kind(hyper, all);
    if (value instanceof Wrong || accepts(kind, hyper, scope, value)) {
      return value;
    }
    if (value instanceof Tensor) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              span,
              "`"
                  + hyper.name()
                  + "` is "
                  + words(hyper, kind)
                  + ", known before the model runs, and this is a value of the step")
          .help("values of the step are passed where the layer is called")
          .note(hyper.span(), "it is declared here");
      return new Wrong();
    }
    diagnostics
        .error(
            Code.WRONG_HYPERPARAMETER,
            span,
            "`" + hyper.name() + "` is " + words(hyper, kind) + ", not " + described(value))
        .help(
            kind == Kind.WHOLE && value instanceof Known
                ? "round it, or declare the hyperparameter with a fraction: `"
                    + hyper.name()
                    + " = 1.0`"
                : "give it " + words(hyper, kind))
        .note(hyper.span(), "it is declared here");
    return new Wrong();
  }

  private static boolean accepts(Kind kind, Hyperparameter hyper, Scope scope, Value value) {
    return switch (kind) {
      case NUMBER_OR_FLAG -> value instanceof Known || value instanceof Flag;
      case WHOLE -> value instanceof Known known && isWhole(known.number());
      case NUMBER -> value instanceof Known;
      case FLAG -> value instanceof Flag;
      case FUNCTION ->
          value instanceof FunctionName(Scope.Entry function)
              && hyper.choices().stream()
                  .flatMap(choice -> scope.find(choice.text()).stream())
                  .anyMatch(choice -> choice.declaration() == function.declaration());
    };
  }

  private static String described(Value value) {
    return switch (value) {
      case Known known -> Numbers.text(known.number());
      case Flag flag -> "the flag " + flag.value();
      case FunctionName function -> "the function `" + function.function().name() + "`";
      case Tensor tensor -> throw new AssertionError(tensor);
      case Value.Position position -> throw new AssertionError(position);
      case Value.ByPosition values -> throw new AssertionError(values);
      case Value.Mask mask -> throw new AssertionError(mask);
      case Wrong wrong -> throw new AssertionError(wrong);
    };
  }
}
