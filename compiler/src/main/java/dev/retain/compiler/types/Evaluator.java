package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Builtins;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.BinaryOperator;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.UnaryOperator;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.types.Value.Flag;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes expressions: known numbers at once, tensors as nodes of a graph. */
final class Evaluator {
  /** Within a stack of 512 KiB. */
  private static final int DEEPEST = 600;

  private static final int MOST_FUNCTION_CALLS = 5_000_000;

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

  private final Program program;
  private final GraphBuilder graph;
  private final Diagnostics diagnostics;
  private final Calls calls;
  private final Positions positions;
  private int depth;
  private int functionCalls;
  private int dropouts;

  Evaluator(Program program, GraphBuilder graph, Diagnostics diagnostics, Calls calls) {
    this.program = program;
    this.graph = graph;
    this.diagnostics = diagnostics;
    this.calls = calls;
    this.positions = new Positions(graph, diagnostics);
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
      case Expression.Binary binary -> binary(binary, environment);
      case Expression.Conditional conditional -> conditional(conditional, environment);
      case Expression.CallExpression call -> call(call, environment);
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

  private Optional<Boolean> flag(Value value, Span span) {
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
    if (!fits(whenTrue, whenFalse) && !fits(whenFalse, whenTrue)) {
      mismatch(
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

  private Value binary(Expression.Binary binary, Environment environment) {
    Value left = evaluate(binary.left(), environment);
    Value right = evaluate(binary.right(), environment);
    if (left instanceof Wrong || right instanceof Wrong) {
      return new Wrong();
    }
    return switch (binary.operator()) {
      case OR, AND -> {
        if (left instanceof Value.Mask || right instanceof Value.Mask) {
          yield connected(binary, left, right);
        }
        Optional<Boolean> a = flag(left, binary.left().span());
        Optional<Boolean> b = flag(right, binary.right().span());
        if (a.isEmpty() || b.isEmpty()) {
          yield new Wrong();
        }
        yield new Flag(
            binary.operator() == BinaryOperator.OR ? a.get() || b.get() : a.get() && b.get());
      }
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          compare(binary, left, right);
      case ADD -> pointwise(Function.ADD, binary, left, right);
      case SUBTRACT -> pointwise(Function.SUBTRACT, binary, left, right);
      case MULTIPLY -> pointwise(Function.MULTIPLY, binary, left, right);
      case DIVIDE -> pointwise(Function.DIVIDE, binary, left, right);
      case POWER -> pointwise(Function.POWER, binary, left, right);
      case CONTRACT -> contract(binary, left, right, environment);
    };
  }

  private Value connected(Expression.Binary binary, Value left, Value right) {
    int a = mask(left, binary.left().span());
    int b = mask(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    Function function = binary.operator() == BinaryOperator.AND ? Function.MULTIPLY : Function.MAX;
    return new Value.Mask(graph.pointwise(function, binary.span(), a, b));
  }

  private int mask(Value value, Span span) {
    return value instanceof Value.Mask mask
        ? mask.node()
        : flag(value, span).map(f -> graph.literal(f ? 1 : 0, span)).orElse(-1);
  }

  private Value compare(Expression.Binary binary, Value left, Value right) {
    if (positions.isPositional(left) || positions.isPositional(right)) {
      return comparePositions(binary, left, right);
    }
    if (left instanceof Flag a && right instanceof Flag b) {
      if (binary.operator() == BinaryOperator.EQUAL) {
        return new Flag(a.value() == b.value());
      }
      if (binary.operator() == BinaryOperator.NOT_EQUAL) {
        return new Flag(a.value() != b.value());
      }
    }
    if (left instanceof Value.FunctionName a && right instanceof Value.FunctionName b) {
      boolean same = a.function().declaration() == b.function().declaration();
      if (binary.operator() == BinaryOperator.EQUAL) {
        return new Flag(same);
      }
      if (binary.operator() == BinaryOperator.NOT_EQUAL) {
        return new Flag(!same);
      }
    }
    if (!(left instanceof Known a && right instanceof Known b)) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              binary.span(),
              "only numbers that are known before the model runs can be compared")
          .help("use hyperparameters and axis sizes; for tensors there are max and min");
      return new Wrong();
    }
    double x = a.number();
    double y = b.number();
    return new Flag(
        switch (binary.operator()) {
          case EQUAL -> x == y;
          case NOT_EQUAL -> x != y;
          case LESS -> x < y;
          case LESS_OR_EQUAL -> x <= y;
          case GREATER -> x > y;
          case GREATER_OR_EQUAL -> x >= y;
          case OR, AND, ADD, SUBTRACT, MULTIPLY, DIVIDE, CONTRACT, POWER ->
              throw new AssertionError(binary.operator());
        });
  }

  private Value comparePositions(Expression.Binary binary, Value left, Value right) {
    int a = node(left, binary.left().span());
    int b = node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    if (!positions.isKnown(a) || !positions.isKnown(b)) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              binary.span(),
              "a position can be compared with positions and numbers only")
          .help("for values there are max and min");
      return new Wrong();
    }
    return new Value.Mask(positions.compare(binary.operator(), a, b, binary.span()));
  }

  private Value pointwise(Function function, Expression.Binary binary, Value left, Value right) {
    if (left instanceof Known a && right instanceof Known b) {
      return Known.of(function.apply(a.number(), b.number()));
    }
    int a = node(left, binary.left().span());
    int b = node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    // A product of different axes is an outer product; a sum of them is a slip.
    if (function != Function.MULTIPLY && !fits(a, b) && !fits(b, a)) {
      mismatch(
          Code.SHAPES_DIFFER,
          binary.span(),
          "`"
              + binary.operator().symbol()
              + "` of "
              + Shapes.names(graph.axes(a))
              + " and "
              + Shapes.names(graph.axes(b))
              + ": each has an axis that the other lacks",
          a,
          binary.left().span(),
          b,
          binary.right().span());
      return new Wrong();
    }
    return Tensor.of(graph.pointwise(function, binary.span(), a, b));
  }

  private boolean fits(int small, int large) {
    return graph.axes(small).stream()
        .allMatch(axis -> !axis.isFixed() || graph.axes(large).contains(axis));
  }

  private void mismatch(
      Code code, Span span, String message, int left, Span leftSpan, int right, Span rightSpan) {
    diagnostics
        .error(code, span, message)
        .help("name the axes alike, or sum over one with `@` or `sum(x over ...)`")
        .note(leftSpan, "this is " + Shapes.sizes(graph.axes(left)))
        .note(graph.node(left).span(), "it comes from here")
        .note(rightSpan, "this is " + Shapes.sizes(graph.axes(right)))
        .note(graph.node(right).span(), "it comes from here");
  }

  private Value contract(
      Expression.Binary binary, Value left, Value right, Environment environment) {
    if (left instanceof Known || right instanceof Known) {
      diagnostics
          .error(Code.NOTHING_TO_CONTRACT, binary.span(), "`@` needs a tensor on both sides")
          .help("write `*` to multiply with a number");
      return new Wrong();
    }
    int a = node(left, binary.left().span());
    int b = node(right, binary.right().span());
    if (a < 0 || b < 0) {
      return new Wrong();
    }
    List<Axis> over =
        graph.axes(a).stream()
            .filter(axis -> graph.axes(b).contains(axis))
            .filter(axis -> !environment.mapped().contains(axis))
            .toList();
    if (over.isEmpty()) {
      mismatch(
          Code.NOTHING_TO_CONTRACT,
          binary.span(),
          "`@` of "
              + Shapes.names(graph.axes(a))
              + " and "
              + Shapes.names(graph.axes(b))
              + ": no axis is named by both",
          a,
          binary.left().span(),
          b,
          binary.right().span());
      return new Wrong();
    }
    return Tensor.of(graph.contract(a, b, over, binary.span()));
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

  private Value call(Expression.CallExpression call, Environment environment) {
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
    if (entry.isEmpty() && name.equals(Builtins.STOP_GRADIENT)) {
      return builtin(Function.STOP_GRADIENT, call, environment);
    }
    if (entry.isEmpty() && name.equals(Builtins.DROPOUT)) {
      return dropout(call, environment);
    }
    if (entry.isEmpty()) {
      return Builtins.OVER.containsKey(name)
          ? over(name, call, environment)
          : builtin(Builtins.POINTWISE.get(name), call, environment);
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
      values.put(names.get(i), evaluate(arguments.positional().get(i), environment));
    }
    for (Arguments.NamedArgument named : arguments.named()) {
      values.put(named.name().text(), evaluate(named.value(), environment));
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
      Optional<Axis> axis = axis(call.arguments().over().get(i), environment);
      if (axis.isEmpty()) {
        return new Wrong();
      }
      inside.values().put(function.over().get(i).text(), new Known(axis.get().size(), axis));
    }
    int count = diagnostics.count();
    Value result = evaluate(function.body(), inside);
    diagnostics.noteSince(count, call.span(), "in this call of `" + function.name() + "`");
    return result;
  }

  private Value builtin(
      Function function, Expression.CallExpression call, Environment environment) {
    List<Value> values = new ArrayList<>();
    boolean known = true;
    for (Expression argument : call.arguments().positional()) {
      Value value = evaluate(argument, environment);
      if (value instanceof Wrong) {
        return value;
      }
      known &= value instanceof Known;
      values.add(value);
    }
    if (known) {
      return Known.of(
          function.apply(values.stream().mapToDouble(v -> ((Known) v).number()).toArray()));
    }
    int[] nodes = new int[values.size()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = node(values.get(i), call.arguments().positional().get(i).span());
      if (nodes[i] < 0) {
        return new Wrong();
      }
    }
    if (nodes.length == 2 && !fits(nodes[0], nodes[1]) && !fits(nodes[1], nodes[0])) {
      mismatch(
          Code.SHAPES_DIFFER,
          call.span(),
          "`"
              + call.function()
              + "` of "
              + Shapes.names(graph.axes(nodes[0]))
              + " and "
              + Shapes.names(graph.axes(nodes[1]))
              + ": each has an axis that the other lacks",
          nodes[0],
          call.arguments().positional().get(0).span(),
          nodes[1],
          call.arguments().positional().get(1).span());
      return new Wrong();
    }
    return Tensor.of(graph.pointwise(function, call.span(), nodes));
  }

  private Value dropout(Expression.CallExpression call, Environment environment) {
    Expression operand = call.arguments().positional().getFirst();
    Expression rate = call.arguments().positional().get(1);
    Value value = evaluate(operand, environment);
    Optional<Double> number = rate(evaluate(rate, environment), rate.span());
    if (value instanceof Wrong || number.isEmpty()) {
      return new Wrong();
    }
    if (number.get() == 0) {
      return value;
    }
    int node = node(value, operand.span());
    return node < 0
        ? new Wrong()
        : Tensor.of(graph.dropout(node, number.get(), dropouts++, call.span()));
  }

  private Optional<Double> rate(Value value, Span span) {
    if (value instanceof Known known) {
      if (known.number() >= 0 && known.number() < 1) {
        return Optional.of(known.number());
      }
      String said =
          known.origin().map(Value.Origin::said).orElse("`" + Numbers.text(known.number()) + "`");
      diagnostics
          .error(
              Code.WRONG_HYPERPARAMETER,
              known.origin().map(Value.Origin::span).orElse(span),
              said + " cannot be the rate of a dropout: it drops that share of the numbers")
          .help("give it a number from 0 up to, but not including, 1")
          .note(span, "it is the rate here");
    } else if (!(value instanceof Wrong)) {
      diagnostics
          .error(Code.NOT_STATIC, span, "a number is needed that is known before the model runs")
          .help("compute the rate from hyperparameters: `dropout(x, 0.1)`");
    }
    return Optional.empty();
  }

  private Value over(String name, Expression.CallExpression call, Environment environment) {
    Arguments arguments = call.arguments();
    List<Name> bound = Positions.bindable(arguments.over(), environment);
    List<Axis> summed = Positions.bind(bound, environment);
    Value value = evaluate(arguments.positional().getFirst(), environment);
    int node = node(value, arguments.positional().getFirst().span());
    Positions.unbind(bound, environment);
    for (Axis position : node < 0 ? List.<Axis>of() : summed) {
      node = positions.over(name, node, position, environment, call.span());
    }
    List<Axis> axes = new ArrayList<>();
    for (Name over : arguments.over()) {
      if (bound.contains(over)) {
        continue;
      }
      Optional<Axis> axis = axis(over, environment);
      if (axis.isEmpty() || node < 0) {
        return new Wrong();
      }
      if (!graph.axes(node).contains(axis.get())) {
        diagnostics
            .error(
                Code.NO_SUCH_AXIS,
                over.span(),
                "the value has no axis `"
                    + axis.get().name()
                    + "`; it is "
                    + Shapes.names(graph.axes(node)))
            .help("work over one of its own axes")
            .note(graph.node(node).span(), "the value comes from here");
        return new Wrong();
      }
      axes.add(axis.get());
    }
    if (node < 0) {
      return new Wrong();
    }
    return switch (name) {
      case "sum" -> Tensor.of(graph.reduce(Reduction.SUM, node, axes, call.span()));
      case "maximum" -> Tensor.of(graph.reduce(Reduction.MAXIMUM, node, axes, call.span()));
      case "mean" -> {
        double count = axes.stream().mapToDouble(Axis::size).reduce(1, (a, b) -> a * b);
        int sum = graph.reduce(Reduction.SUM, node, axes, call.span());
        yield Tensor.of(
            graph.pointwise(Function.DIVIDE, call.span(), sum, graph.literal(count, call.span())));
      }
      default -> turn(call, node, axes, environment);
    };
  }

  private Value turn(
      Expression.CallExpression call, int node, List<Axis> axes, Environment environment) {
    Expression angleExpression = call.arguments().positional().get(1);
    int angle = node(evaluate(angleExpression, environment), angleExpression.span());
    if (angle < 0) {
      return new Wrong();
    }
    if (axes.size() != 1) {
      diagnostics.error(
          Code.TOO_MANY_ARGUMENTS, call.span(), "`turn` works over one axis, not " + axes.size());
      return new Wrong();
    }
    Axis axis = axes.getFirst();
    List<Axis> angleAxes = graph.axes(angle).stream().filter(Axis::isFixed).toList();
    if (angleAxes.isEmpty() || 2 * angleAxes.getLast().size() != axis.size()) {
      diagnostics
          .error(
              Code.WRONG_ANGLE,
              angleExpression.span(),
              "pairs along "
                  + Shapes.sizes(axes)
                  + " need an angle whose last axis has "
                  + (axis.size() % 2 == 0
                      ? "the size " + axis.size() / 2
                      : "half that size, and " + axis.size() + " is odd")
                  + "; this is "
                  + Shapes.sizes(angleAxes))
          .help("`axis pair = " + axis.name() + " / 2`")
          .note(graph.node(angle).span(), "the angle comes from here");
      return new Wrong();
    }
    Axis pair = angleAxes.getLast();
    if (angleAxes.contains(axis) || graph.axes(node).contains(pair)) {
      diagnostics
          .error(
              Code.WRONG_ANGLE,
              angleExpression.span(),
              "the angle "
                  + Shapes.names(angleAxes)
                  + " has one number for each pair along `"
                  + axis.name()
                  + "`, and the value "
                  + Shapes.names(graph.axes(node))
                  + " must not share the axis of the pairs, nor the angle the turned one")
          .help("`axis pair = " + axis.name() + " / 2` for the angle alone")
          .note(graph.node(angle).span(), "the angle comes from here")
          .note(graph.node(node).span(), "the value comes from here");
      return new Wrong();
    }
    return Tensor.of(graph.turn(node, angle, axis, pair, call.span()));
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
