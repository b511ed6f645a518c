package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.syntax.Arguments.NamedArgument;
import dev.retain.compiler.syntax.Expression.Binary;
import dev.retain.compiler.syntax.Expression.CallExpression;
import dev.retain.compiler.syntax.Expression.Conditional;
import dev.retain.compiler.syntax.Expression.FlagLiteral;
import dev.retain.compiler.syntax.Expression.IndexExpression;
import dev.retain.compiler.syntax.Expression.NameExpression;
import dev.retain.compiler.syntax.Expression.NumberLiteral;
import dev.retain.compiler.syntax.Expression.PrimedName;
import dev.retain.compiler.syntax.Expression.Unary;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Trees of every shape that the grammar has. */
final class RandomExpressions {
  private static final Span NOWHERE = Span.none();

  private RandomExpressions() {}

  static Expression next(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 11)) {
      case 0 -> new NumberLiteral(0.5, "0.5", NOWHERE);
      case 1 -> new FlagLiteral(random.nextBoolean(), NOWHERE);
      case 2 -> new NameExpression(name(random).text(), NOWHERE);
      case 3 -> new PrimedName(name(random).text(), NOWHERE);
      case 4 -> new Unary(one(random, UnaryOperator.values()), next(random, depth - 1), NOWHERE);
      case 5 ->
          new Conditional(
              next(random, depth - 1), next(random, depth - 1), next(random, depth - 1), NOWHERE);
      case 6 -> new IndexExpression(next(random, depth - 1), next(random, depth - 1), NOWHERE);
      case 7 -> new CallExpression(name(random), arguments(random, depth - 1), NOWHERE);
      default ->
          new Binary(
              one(random, BinaryOperator.values()),
              next(random, depth - 1),
              next(random, depth - 1),
              NOWHERE);
    };
  }

  private static Arguments arguments(RandomGenerator random, int depth) {
    List<Expression> positional =
        IntStream.range(0, random.nextInt(3)).mapToObj(i -> next(random, depth)).toList();
    List<NamedArgument> named =
        IntStream.range(0, random.nextInt(3))
            .mapToObj(i -> new NamedArgument(name(random), next(random, depth), NOWHERE))
            .toList();
    List<Name> over = IntStream.range(0, random.nextInt(3)).mapToObj(i -> name(random)).toList();
    return new Arguments(positional, named, over, NOWHERE);
  }

  private static Name name(RandomGenerator random) {
    return new Name(one(random, new String[] {"x", "S", "gamma", "θ"}), NOWHERE);
  }

  private static <T> T one(RandomGenerator random, T[] values) {
    return values[random.nextInt(values.length)];
  }
}
