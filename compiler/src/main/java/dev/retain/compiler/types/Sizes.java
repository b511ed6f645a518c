package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Wrong;
import java.util.Optional;

/** Sizes of axes and numbers of repetitions. */
final class Sizes {
  private static final int LARGEST = Integer.MAX_VALUE;

  /** What a size is, in the words of messages. */
  static final String RULE = "a size is a whole number from 1 to " + LARGEST;

  private Sizes() {}

  static boolean isSize(double number) {
    return number >= 1 && number == Math.rint(number) && number <= LARGEST;
  }

  /**
   * @param subject what the size is of, in the words of a message
   */
  static Optional<Integer> evaluate(
      Expression expression,
      String subject,
      Evaluator evaluator,
      Environment environment,
      Diagnostics diagnostics) {
    Value value = evaluator.evaluate(expression, environment);
    if (value instanceof Wrong) {
      return Optional.empty();
    }
    if (!(value instanceof Known known)) {
      diagnostics
          .error(Code.NOT_STATIC, expression.span(), "a size must be known before the model runs")
          .help("compute it from hyperparameters and other axes");
      return Optional.empty();
    }
    if (isSize(known.number())) {
      return Optional.of((int) known.number());
    }
    if (blamed(expression, subject, known.number(), environment, diagnostics)) {
      return Optional.empty();
    }
    String said =
        division(expression, evaluator, environment)
            .orElse(subject + " = " + Numbers.text(known.number()));
    diagnostics
        .error(Code.BAD_SIZE, expression.span(), said + ": " + RULE)
        .help("change the hyperparameters that it comes from, with `--set` or in the file");
    return Optional.empty();
  }

  /** A size made of a hyperparameter that is 0 or negative is that hyperparameter's fault. */
  private static boolean blamed(
      Expression expression,
      String subject,
      double number,
      Environment environment,
      Diagnostics diagnostics) {
    return switch (expression) {
      case Expression.NameExpression name -> {
        if (environment.values().get(name.name()) instanceof Known known
            && known.number() < 1
            && known.origin().isPresent()) {
          environment.values().put(name.name(), new Wrong());
          Value.Origin origin = known.origin().get();
          diagnostics
              .error(
                  Code.BAD_SIZE,
                  origin.span(),
                  origin.said() + " makes " + subject + " = " + Numbers.text(number) + ": " + RULE)
              .help("give it a positive whole number")
              .note(name.span(), "it is used here");
          yield true;
        }
        yield false;
      }
      case Expression.Unary unary ->
          blamed(unary.operand(), subject, number, environment, diagnostics);
      case Expression.Binary binary ->
          blamed(binary.left(), subject, number, environment, diagnostics)
              || blamed(binary.right(), subject, number, environment, diagnostics);
      case Expression.NumberLiteral n -> false;
      case Expression.FlagLiteral f -> false;
      case Expression.PrimedName p -> false;
      case Expression.Conditional c -> false;
      case Expression.CallExpression c -> false;
      case Expression.IndexExpression i -> false;
    };
  }

  /** The innermost division with a rest, if that is what is wrong. */
  private static Optional<String> division(
      Expression expression, Evaluator evaluator, Environment environment) {
    if (!(expression instanceof Expression.Binary binary
        && binary.operator() == BinaryOperator.DIVIDE
        && evaluator.evaluate(binary.left(), environment) instanceof Known left
        && evaluator.evaluate(binary.right(), environment) instanceof Known right
        && left.number() / right.number() != Math.rint(left.number() / right.number()))) {
      return Optional.empty();
    }
    return division(binary.left(), evaluator, environment)
        .or(() ->
            Optional.of(
                quantity(binary.right(), right.number())
                    + " does not divide "
                    + quantity(binary.left(), left.number())));
  }

  private static String quantity(Expression expression, double number) {
    return expression instanceof Expression.NumberLiteral
        ? Numbers.text(number)
        : "`" + expression.span().text().replaceAll("\\s+", " ") + "` = " + Numbers.text(number);
  }
}
