package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.UnaryOperator;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.types.Value.Flag;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.Map;
import java.util.Optional;

/** Computes expressions: known numbers at once, tensors as nodes of a graph. */
final class Evaluator {
  /** Within a stack of 512 KiB. */
  private static final int DEEPEST = 600;

  /** Calls that need more than an expression: layers and recurrences. */
  interface Calls {
    Value layer(
        Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller);

    Value recurrence(
        RecurrenceDeclaration recurrence,
        Scope.Entry entry,
        Map<String, Value> inputs,
        Expression.CallExpression call,
        Environment caller);
  }

  private final GraphBuilder graph;
  private final Diagnostics diagnostics;
  private final Positions positions;
  private final ShapeFit shapes;
  private final OperatorEvaluator operators;
  private final CallEvaluator calls;
  private int depth;

  Evaluator(Program program, GraphBuilder graph, Diagnostics diagnostics, Calls calls) {
    this.graph = graph;
    this.diagnostics = diagnostics;
    this.positions = new Positions(graph, diagnostics);
    this.shapes = new ShapeFit(graph, diagnostics);
    this.operators = new OperatorEvaluator(this, graph, diagnostics, positions);
    this.calls =
        new CallEvaluator(
            this,
            program,
            diagnostics,
            calls,
            new BuiltinEvaluator(this, graph, diagnostics, positions));
  }

  Value evaluate(Expression expression, Environment environment) {
    if (depth == DEEPEST) {
      diagnostics
          .error(
              Code.TOO_DEEP,
              expression.span(),
              "expressions nest more than "
                  + DEEPEST
                  + " deep, with the functions and layers that they call")
          .help("give names to intermediate values");
      return new Wrong();
    }
    depth++;
    try {
      return value(expression, environment);
    } finally {
      depth--;
    }
  }

  private Value value(Expression expression, Environment environment) {
    return switch (expression) {
      case Expression.NumberLiteral number -> Known.of(number.value());
      case Expression.FlagLiteral flag -> new Flag(flag.value());
      case Expression.NameExpression name -> name(name, environment);
      case Expression.PrimedName name -> primed(name, environment);
      case Expression.Unary unary -> unary(unary, environment);
      case Expression.Binary binary -> operators.evaluate(binary, environment);
      case Expression.Conditional conditional -> conditional(conditional, environment);
      case Expression.CallExpression call -> calls.evaluate(call, environment);
      case Expression.IndexExpression index -> index(index, environment);
    };
  }

  /** The node of a value, or -1 if it is wrong or no tensor, which is then reported. */
  int node(Value value, Span span) {
    return switch (value) {
      case Known known when Double.isFinite(known.number()) -> graph.literal(known.number(), span);
      case Known known -> {
        diagnostics
            .error(Code.NOT_STATIC, span, "this is " + known.number() + ", not a number")
            .help("look for a division by 0, or the root or logarithm of a negative number");
        yield -1;
      }
      case Tensor tensor when tensor.indexOf().isEmpty() -> tensor.node();
      case Tensor tensor -> {
        diagnostics
            .error(Code.NO_NUMBER, span, "an index is not a number to compute with")
            .help("look it up in a table: `weight[token]`");
        yield -1;
      }
      case Flag flag -> {
        diagnostics
            .error(Code.NO_NUMBER, span, "a flag is not a number")
            .help("choose with it: `if flag then a else b`");
        yield -1;
      }
      case Value.FunctionName function -> {
        diagnostics
            .error(Code.NO_NUMBER, span, "a function is not a number")
            .help("call it: `" + function.function().name() + "(x)`");
        yield -1;
      }
      case Value.Position position -> graph.index(position.axis(), span);
      case Value.ByPosition open -> {
        diagnostics
            .error(Code.NOT_AN_INDEX, span, Positions.missing(open))
            .help("say at which position: `" + Positions.example(open) + "`");
        yield -1;
      }
      case Value.Mask mask -> {
        diagnostics
            .error(Code.NO_NUMBER, span, "a comparison is not a number")
            .help("choose with it: `if m <= n then a else b`");
        yield -1;
      }
      case Wrong wrong -> -1;
    };
  }

  private Value name(Expression.NameExpression name, Environment environment) {
    Value local = environment.values().get(name.name());
    if (local != null) {
      return local;
    }
    Environment.State state = environment.states().get(name.name());
    if (state != null) {
      return Tensor.of(state.before());
    }
    if (environment.unsolved().contains(name.name())) {
      return unsolved(name.name(), name.span(), environment);
    }
    return environment
        .scope()
        .find(name.name())
        .<Value>map(Value.FunctionName::new)
        .orElseGet(Wrong::new);
  }

  private Wrong unsolved(String name, Span span, Environment environment) {
    diagnostics
        .error(
            Code.UNSOLVED_AXIS,
            span,
            "nothing above this line says what the axis `" + name + "` is")
        .help("give it a size, or declare an input with it first");
    environment.values().put(name, new Wrong());
    return new Wrong();
  }

  private Value primed(Expression.PrimedName name, Environment environment) {
    Value next = environment.next().get(name.name());
    if (next == null) {
      diagnostics
          .error(
              Code.NO_STATE,
              name.span(),
              "`" + name.name() + "'` is read before the line that defines it")
          .help("put the equation `" + name.name() + "' = ...` above this line");
      return new Wrong();
    }
    return next;
  }

  private Value unary(Expression.Unary unary, Environment environment) {
    Value operand = evaluate(unary.operand(), environment);
    if (operand instanceof Wrong) {
      return operand;
    }
    if (unary.operator() == UnaryOperator.NOT && operand instanceof Value.Mask mask) {
      return new Value.Mask(positions.not(mask.node(), unary.span()));
    }
    if (unary.operator() == UnaryOperator.NOT) {
      return flag(operand, unary.operand().span())
          .<Value>map(f -> new Flag(!f))
          .orElse(new Wrong());
    }
    if (operand instanceof Known known) {
      return Known.of(-known.number());
    }
    int node = node(operand, unary.operand().span());
    return node < 0 ? new Wrong() : Tensor.of(graph.pointwise(Function.NEGATE, unary.span(), node));
  }

  /** A condition that is known, or a diagnostic. */
  Optional<Boolean> flag(Value value, Span span) {
    if (value instanceof Flag flag) {
      return Optional.of(flag.value());
    }
    if (!(value instanceof Wrong)) {
      diagnostics
          .error(Code.NOT_STATIC, span, "a condition is needed that is known before the model runs")
          .help("compare hyperparameters or axis sizes, or use a flag");
    }
    return Optional.empty();
  }

  private Value conditional(Expression.Conditional conditional, Environment environment) {
    Value condition = evaluate(conditional.condition(), environment);
    if (condition instanceof Value.Mask mask) {
      return select(mask, conditional, environment);
    }
    Optional<Boolean> flag = flag(condition, conditional.condition().span());
    return flag.isEmpty()
        ? new Wrong()
        : evaluate(flag.get() ? conditional.whenTrue() : conditional.whenFalse(), environment);
  }

  /** Both values, each where the comparison of positions says. */
  private Value select(
      Value.Mask mask, Expression.Conditional conditional, Environment environment) {
    Span thenSpan = conditional.whenTrue().span();
    Span elseSpan = conditional.whenFalse().span();
    int whenTrue = node(evaluate(conditional.whenTrue(), environment), thenSpan);
    int whenFalse = node(evaluate(conditional.whenFalse(), environment), elseSpan);
    if (whenTrue < 0 || whenFalse < 0) {
      return new Wrong();
    }
    if (!shapes.fit(whenTrue, whenFalse) && !shapes.fit(whenFalse, whenTrue)) {
      shapes.report(
          Code.SHAPES_DIFFER,
          conditional.span(),
          "a choice between "
              + Shapes.names(graph.axes(whenTrue))
              + " and "
              + Shapes.names(graph.axes(whenFalse))
              + ": each has an axis that the other lacks",
          whenTrue,
          thenSpan,
          whenFalse,
          elseSpan);
      return new Wrong();
    }
    return Tensor.of(
        graph.pointwise(Function.SELECT, conditional.span(), mask.node(), whenTrue, whenFalse));
  }

  private Value index(Expression.IndexExpression index, Environment environment) {
    Value table = evaluate(index.table(), environment);
    Value at = evaluate(index.index(), environment);
    if (table instanceof Value.ByPosition || at instanceof Value.Position) {
      return positions.index(table, at, index);
    }
    int node = node(table, index.table().span());
    if (node < 0 || at instanceof Wrong) {
      return new Wrong();
    }
    if (!(at instanceof Tensor tensor && tensor.indexOf().isPresent())) {
      diagnostics
          .error(Code.NOT_AN_INDEX, index.index().span(), "this is not an index")
          .help("an index is declared by `in token: index of vocab`");
      return new Wrong();
    }
    Axis axis = tensor.indexOf().get();
    if (!graph.axes(node).contains(axis)) {
      diagnostics
          .error(
              Code.NOT_AN_INDEX,
              index.index().span(),
              "this is an index of `"
                  + axis.name()
                  + "`, which the table "
                  + Shapes.names(graph.axes(node))
                  + " lacks")
          .help("look it up in a table with the axis `" + axis.name() + "`")
          .note(graph.node(node).span(), "the table comes from here");
      return new Wrong();
    }
    return Tensor.of(graph.gather(node, axis, tensor.node(), index.span()));
  }

  /** The axis of that name, or a diagnostic if it is a number that has none. */
  Optional<Axis> axis(Name name, Environment environment) {
    Value value = environment.values().get(name.text());
    if (value instanceof Known known) {
      if (known.axis().isEmpty()) {
        noAxis(name, known);
        environment.values().put(name.text(), new Wrong());
      }
      return known.axis();
    }
    if (value == null && environment.unsolved().contains(name.text())) {
      unsolved(name.text(), name.span(), environment);
    } else if (value != null && !(value instanceof Wrong)) {
      diagnostics
          .error(Code.NO_AXIS, name.span(), "`" + name + "` is a flag here, not an axis")
          .help("pass the name of an axis");
      environment.values().put(name.text(), new Wrong());
    }
    return Optional.empty();
  }

  /** The user's own line is to blame for a number that cannot be an axis, not where it serves. */
  private void noAxis(Name name, Known known) {
    Span span = known.origin().map(Value.Origin::span).orElse(name.span());
    String said =
        known
            .origin()
            .map(Value.Origin::said)
            .orElse("`" + name + "` = " + Numbers.text(known.number()));
    if (Sizes.isSize(known.number())) {
      diagnostics
          .error(Code.NO_AXIS, span, said + " is only a number, and serves as an axis")
          .help(
              "name an axis first, `axis hidden = "
                  + Numbers.text(known.number())
                  + "`, then pass `hidden`")
          .note(name.span(), "`" + name + "` serves as an axis here");
    } else {
      diagnostics
          .error(Code.BAD_SIZE, span, said + " cannot be the size of an axis: " + Sizes.RULE)
          .help("give it a positive whole number")
          .note(name.span(), "`" + name + "` serves as an axis here");
    }
  }
}
