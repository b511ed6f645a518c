package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Wrong;
import java.util.Optional;

/** Sizes of axes and numbers of repetitions. */
final class Sizes {
  private Sizes() {}

  static Optional<Integer> evaluate(
      Expression expression,
      Name name,
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
          .help("compute it from hyperparameters");
      return Optional.empty();
    }
    double number = known.number();
    if (number >= 1 && number == Math.rint(number) && number <= Integer.MAX_VALUE) {
      return Optional.of((int) number);
    }
    String said =
        expression instanceof Expression.Binary binary
                && binary.operator() == BinaryOperator.DIVIDE
                && evaluator.evaluate(binary.left(), environment) instanceof Known left
                && evaluator.evaluate(binary.right(), environment) instanceof Known right
                && number != Math.rint(number)
            ? "`" + binary.left().span().text() + "` = " + Numbers.text(left.number())
                + " does not divide by `" + binary.right().span().text() + "` = "
                + Numbers.text(right.number())
            : "`" + name + "` = " + Numbers.text(number);
    diagnostics
        .error(
            Code.BAD_SIZE, expression.span(), said + ": a size is a whole number of at least 1")
        .help("set the hyperparameters that it comes from, with `--set` or in the file");
    return Optional.empty();
  }
}
