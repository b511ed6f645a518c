package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
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
import dev.retain.grammar.RetainParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds expressions from a parse tree without errors. */
final class ExpressionBuilder {
  private final Places places;
  private final SyntaxErrors errors;

  ExpressionBuilder(Places places, SyntaxErrors errors) {
    this.places = places;
    this.errors = errors;
  }

  /** A whole expression, with its depth checked. */
  Expression checked(RetainParser.ExpressionContext context) {
    Expression expression = expression(context);
    check(expression);
    return expression;
  }

  /** The arguments of an item, with their depth checked. */
  Arguments checked(RetainParser.ArgumentsContext context) {
    Arguments arguments = arguments(context);
    arguments.positional().forEach(this::check);
    arguments.named().forEach(argument -> check(argument.value()));
    return arguments;
  }

  private void check(Expression expression) {
    if (Nesting.tooDeep(expression)) {
      errors.add(Code.TOO_DEEP, expression.span(), Nesting.MESSAGE).help(Nesting.HELP);
    }
  }

  Name name(TerminalNode node) {
    return new Name(node.getText(), places.of(node.getSymbol()));
  }

  /** The names of a list that may be left out. */
  List<Name> names(RetainParser.NamesContext names) {
    return names == null ? List.of() : names.NAME().stream().map(this::name).toList();
  }

  List<Name> over(RetainParser.OverContext over) {
    return over == null ? List.of() : names(over.names());
  }

  private Arguments arguments(RetainParser.ArgumentsContext context) {
    List<Expression> positional = new ArrayList<>();
    List<NamedArgument> named = new ArrayList<>();
    for (RetainParser.ArgumentContext argument : context.argument()) {
      Expression value = expression(argument.expression());
      if (argument.NAME() != null) {
        named.add(new NamedArgument(name(argument.NAME()), value, places.of(argument)));
      } else {
        if (!named.isEmpty()) {
          errors
              .add(
                  Code.ARGUMENT_ORDER,
                  places.of(argument),
                  "an argument by position follows the named argument `"
                      + named.getLast().name()
                      + "`")
              .help("put it before the named ones, or name it too");
        }
        positional.add(value);
      }
    }
    return new Arguments(positional, named, over(context.over()), places.of(context));
  }

  private Expression expression(ParserRuleContext outer) {
    ParserRuleContext context = outer;
    while (context.getChildCount() == 1 && context.getChild(0) instanceof ParserRuleContext inner) {
      context = inner;
    }
    return switch (context) {
      case RetainParser.ConditionalContext conditional ->
          new Conditional(
              expression(conditional.expression(0)),
              expression(conditional.expression(1)),
              expression(conditional.expression(2)),
              places.of(conditional));
      case RetainParser.NegationContext negation ->
          new Unary(UnaryOperator.NOT, expression(negation.negation()), places.of(negation));
      case RetainParser.UnaryContext unary ->
          new Unary(UnaryOperator.NEGATE, expression(unary.unary()), places.of(unary));
      case RetainParser.PostfixContext postfix -> indexed(postfix);
      case RetainParser.PrimaryContext primary -> primary(primary);
      default -> chain(context);
    };
  }

  /** {@code a + b - c} from left to right; of {@code a ^ b} the grammar nests the right side. */
  private Expression chain(ParserRuleContext context) {
    ParserRuleContext first = (ParserRuleContext) context.getChild(0);
    Expression left = expression(first);
    for (int i = 1; i < context.getChildCount(); i += 2) {
      Token operator = ((TerminalNode) context.getChild(i)).getSymbol();
      ParserRuleContext right = (ParserRuleContext) context.getChild(i + 1);
      Span span = places.of(first.getStart(), right.getStop());
      left = new Binary(operator(operator), left, expression(right), span);
    }
    return left;
  }

  private Expression indexed(RetainParser.PostfixContext postfix) {
    Expression table = expression(postfix.primary());
    for (RetainParser.ExpressionContext index : postfix.expression()) {
      Span span = places.of(postfix.getStart(), end(postfix, index));
      table = new IndexExpression(table, expression(index), span);
    }
    return table;
  }

  /** {@code x[n, m]} is {@code x[n][m]}; all of its indexes end at the same bracket. */
  private static Token end(RetainParser.PostfixContext postfix, ParserRuleContext index) {
    return postfix.RIGHT_BRACKET().stream()
        .map(TerminalNode::getSymbol)
        .filter(bracket -> bracket.getTokenIndex() > index.getStop().getTokenIndex())
        .findFirst()
        .orElseThrow();
  }

  private Expression primary(RetainParser.PrimaryContext primary) {
    if (primary.expression() != null) {
      return expression(primary.expression());
    }
    Span span = places.of(primary);
    return switch (primary.getStart().getType()) {
      case RetainParser.NUMBER -> number(primary.getText(), span);
      case RetainParser.TRUE -> new FlagLiteral(true, span);
      case RetainParser.FALSE -> new FlagLiteral(false, span);
      default -> {
        Name name = name(primary.NAME());
        if (primary.arguments() != null) {
          yield new CallExpression(name, arguments(primary.arguments()), span);
        }
        yield primary.PRIME() != null
            ? new PrimedName(name.text(), span)
            : new NameExpression(name.text(), span);
      }
    };
  }

  private Expression number(String text, Span span) {
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      errors
          .add(Code.BAD_NUMBER, span, "`" + Words.shortened(text) + "` is too large for a number")
          .help("numbers have 64 bits: the largest is about 1.8e308");
    }
    return new NumberLiteral(value, text, span);
  }

  private static BinaryOperator operator(Token token) {
    return switch (token.getType()) {
      case RetainParser.OR -> BinaryOperator.OR;
      case RetainParser.AND -> BinaryOperator.AND;
      case RetainParser.EQUAL -> BinaryOperator.EQUAL;
      case RetainParser.NOT_EQUAL -> BinaryOperator.NOT_EQUAL;
      case RetainParser.LESS -> BinaryOperator.LESS;
      case RetainParser.LESS_OR_EQUAL -> BinaryOperator.LESS_OR_EQUAL;
      case RetainParser.GREATER -> BinaryOperator.GREATER;
      case RetainParser.GREATER_OR_EQUAL -> BinaryOperator.GREATER_OR_EQUAL;
      case RetainParser.PLUS -> BinaryOperator.ADD;
      case RetainParser.MINUS -> BinaryOperator.SUBTRACT;
      case RetainParser.TIMES -> BinaryOperator.MULTIPLY;
      case RetainParser.DIVIDE -> BinaryOperator.DIVIDE;
      case RetainParser.CONTRACT -> BinaryOperator.CONTRACT;
      case RetainParser.POWER -> BinaryOperator.POWER;
      default -> throw new IllegalStateException("no operator: " + token);
    };
  }
}
