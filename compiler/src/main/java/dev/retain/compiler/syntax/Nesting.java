package dev.retain.compiler.syntax;

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
import dev.retain.grammar.RetainParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Token;

/**
 * How deep expressions may nest. The parser and every later phase recurse over them, so the limit
 * is checked on the tokens before there is a tree, and exactly on the tree.
 */
final class Nesting {
  static final int LIMIT = 200;
  static final String MESSAGE = "an expression nests more than " + LIMIT + " deep";
  static final String HELP = "give a part of it a name of its own: `part = ...`";

  /** Operators since the last token that ends a chain of them, within one pair of brackets. */
  private static final class Chains {
    private int prefixes;
    private int conditionals;
    private int connectives;
    private int sums;
    private int products;
    private int powers;
    private int indices;

    /** What the parser recurses over. */
    int recursion() {
      return prefixes + conditionals + powers;
    }

    int longest() {
      return Math.max(
          Math.max(connectives, sums), Math.max(products, Math.max(indices, recursion())));
    }

    void endOperands() {
      connectives = 0;
      endSum();
    }

    void endSum() {
      sums = 0;
      endProduct();
    }

    void endProduct() {
      products = 0;
      powers = 0;
      prefixes = 0;
    }
  }

  private Nesting() {}

  /** The first token at which an expression is certainly too deep. */
  static Optional<Token> tooDeep(List<? extends Token> tokens) {
    Deque<Chains> brackets = new ArrayDeque<>();
    Chains chains = new Chains();
    int outside = 0;
    boolean operandBefore = false;
    for (Token token : tokens) {
      if (token.getChannel() != Token.DEFAULT_CHANNEL) {
        continue;
      }
      switch (token.getType()) {
        case RetainParser.LEFT_PARENTHESIS, RetainParser.LEFT_BRACKET -> {
          chains.indices += token.getType() == RetainParser.LEFT_BRACKET ? 1 : 0;
          outside += 1 + chains.recursion();
          brackets.push(chains);
          chains = new Chains();
        }
        case RetainParser.RIGHT_PARENTHESIS, RetainParser.RIGHT_BRACKET -> {
          if (!brackets.isEmpty()) {
            chains = brackets.pop();
            outside -= 1 + chains.recursion();
          }
        }
        case RetainParser.LEFT_BRACE, RetainParser.RIGHT_BRACE -> {
          brackets.clear();
          chains = new Chains();
          outside = 0;
        }
        case RetainParser.NAME, RetainParser.NUMBER -> chains.indices = 0;
        case RetainParser.PRIME, RetainParser.TRUE, RetainParser.FALSE -> {}
        case RetainParser.IF -> {
          chains.endOperands();
          chains.conditionals++;
        }
        case RetainParser.THEN, RetainParser.ELSE -> chains.endOperands();
        case RetainParser.OR, RetainParser.AND -> {
          chains.endSum();
          chains.connectives++;
        }
        case RetainParser.NOT -> chains.prefixes++;
        case RetainParser.PLUS -> {
          chains.endProduct();
          chains.sums++;
        }
        case RetainParser.MINUS -> {
          if (operandBefore) {
            chains.endProduct();
            chains.sums++;
          } else {
            chains.prefixes++;
          }
        }
        case RetainParser.TIMES, RetainParser.DIVIDE, RetainParser.CONTRACT -> {
          chains.powers = 0;
          chains.prefixes = 0;
          chains.products++;
        }
        case RetainParser.POWER -> chains.powers++;
        case RetainParser.EQUAL,
            RetainParser.NOT_EQUAL,
            RetainParser.LESS,
            RetainParser.LESS_OR_EQUAL,
            RetainParser.GREATER,
            RetainParser.GREATER_OR_EQUAL ->
            chains.endSum();
        default -> chains = new Chains();
      }
      if (outside + chains.longest() > LIMIT) {
        return Optional.of(token);
      }
      operandBefore = endsOperand(token.getType());
    }
    return Optional.empty();
  }

  /** Whether a tree is too deep. Does not recurse. */
  static boolean tooDeep(Expression expression) {
    record Level(Expression expression, int depth) {}
    Deque<Level> open = new ArrayDeque<>();
    open.push(new Level(expression, 1));
    while (!open.isEmpty()) {
      Level level = open.pop();
      if (level.depth > LIMIT) {
        return true;
      }
      parts(level.expression).forEach(part -> open.push(new Level(part, level.depth + 1)));
    }
    return false;
  }

  private static boolean endsOperand(int type) {
    return switch (type) {
      case RetainParser.NAME,
          RetainParser.NUMBER,
          RetainParser.PRIME,
          RetainParser.TRUE,
          RetainParser.FALSE,
          RetainParser.RIGHT_PARENTHESIS,
          RetainParser.RIGHT_BRACKET ->
          true;
      default -> false;
    };
  }

  private static Stream<Expression> parts(Expression expression) {
    return switch (expression) {
      case NumberLiteral _, FlagLiteral _, NameExpression _, PrimedName _ -> Stream.empty();
      case Unary unary -> Stream.of(unary.operand());
      case Binary binary -> Stream.of(binary.left(), binary.right());
      case Conditional(var condition, var whenTrue, var whenFalse, _) ->
          Stream.of(condition, whenTrue, whenFalse);
      case CallExpression call ->
          Stream.concat(
              call.arguments().positional().stream(),
              call.arguments().named().stream().map(NamedArgument::value));
      case IndexExpression(var table, var index, _) -> Stream.of(table, index);
    };
  }
}
