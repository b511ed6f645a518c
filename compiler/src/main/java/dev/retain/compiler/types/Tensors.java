package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.IndexVariable;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import dev.retain.runtime.program.Initial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored tensors of a model: parameters and constants. */
final class Tensors {
  private static final long LARGEST_PARAMETER = 1L << 40;

  /** Constants are computed element by element when a model is compiled. */
  private static final long LARGEST_CONSTANT = 1L << 22;

  private final GraphBuilder graph;
  private final Evaluator evaluator;
  private final Diagnostics diagnostics;
  private final Map<String, List<Axis>> entered = new HashMap<>();
  private final List<Model.ParameterSpec> parameters = new ArrayList<>();
  private final List<Model.ConstantSpec> constants = new ArrayList<>();

  Tensors(GraphBuilder graph, Evaluator evaluator, Diagnostics diagnostics) {
    this.graph = graph;
    this.evaluator = evaluator;
    this.diagnostics = diagnostics;
  }

  List<Model.ParameterSpec> parameters() {
    return parameters;
  }

  List<Model.ConstantSpec> constants() {
    return constants;
  }

  /** Enters a parameter or constant that the layer brings itself. */
  Value declare(Item.TensorItem item, Environment environment) {
    if (!(item.type() instanceof Type.TensorType type)) {
      diagnostics
          .error(Code.NOT_AN_INDEX, item.span(), "an index cannot be stored")
          .help("only inputs are indexes");
      return new Wrong();
    }
    Optional<List<Axis>> axes = axes(type, environment);
    if (axes.isEmpty()) {
      return new Wrong();
    }
    return item.role() == Item.TensorItem.Role.PARAM
        ? parameter(item, axes.get(), environment)
        : constant(item, axes.get(), environment);
  }

  private Value parameter(Item.TensorItem item, List<Axis> axes, Environment environment) {
    String path = environment.path(item.name().text());
    if (entered.containsKey(path)) {
      return again(item, axes, path)
          ? Tensor.of(graph.parameter(path, axes, item.span()))
          : new Wrong();
    }
    if (!fits(item, axes, LARGEST_PARAMETER)) {
      return new Wrong();
    }
    Optional<Initial> initial =
        switch (item.initialiser().orElseThrow()) {
          case Initialiser.Constant constant ->
              number(constant.value(), environment).map(Initial.Fill::new);
          case Initialiser.Elementwise elementwise ->
              elements(elementwise, axes, environment).map(Initial.Listed::new);
          case Initialiser.Random random -> random(random, environment);
        };
    if (initial.isEmpty()) {
      return new Wrong();
    }
    entered.put(path, axes);
    parameters.add(new Model.ParameterSpec(path, axes, initial.get(), item.doc(), item.span()));
    return Tensor.of(graph.parameter(path, axes, item.span()));
  }

  /** A layer that is called twice has its tensors once, so they must be the same. */
  private boolean again(Item.TensorItem item, List<Axis> axes, String path) {
    if (entered.get(path).equals(axes)) {
      return true;
    }
    diagnostics
        .error(
            Code.SHAPES_DIFFER,
            item.span(),
            "`"
                + path
                + "` is "
                + Shapes.sizes(entered.get(path))
                + " in one use of its layer and "
                + Shapes.sizes(axes)
                + " in another")
        .help("a layer that is used twice shares its tensors; declare two layers");
    return false;
  }

  private boolean fits(Item.TensorItem item, List<Axis> axes, long largest) {
    double elements = axes.stream().mapToDouble(Axis::size).reduce(1, (a, b) -> a * b);
    if (elements <= largest) {
      return true;
    }
    diagnostics
        .error(
            Code.BAD_SIZE,
            item.span(),
            "`"
                + item.name()
                + "` "
                + Shapes.sizes(axes)
                + " would have "
                + Numbers.text(elements)
                + " elements, and "
                + largest
                + " is the most")
        .help("make its axes smaller");
    return false;
  }

  private Optional<Initial> random(Initialiser.Random random, Environment environment) {
    Expression scale =
        random.arguments().positional().isEmpty()
            ? random.arguments().named().getFirst().value()
            : random.arguments().positional().getFirst();
    Optional<Double> number = number(scale, environment);
    if (number.isPresent() && number.get() < 0) {
      diagnostics
          .error(
              Code.WRONG_HYPERPARAMETER,
              scale.span(),
              "the width of a distribution is "
                  + Numbers.text(number.get())
                  + ", and must not be negative")
          .help("`normal(deviation)` and `uniform(bound)` take a number from 0 on");
      return Optional.empty();
    }
    return number.map(n ->
        random.distribution().text().equals("normal")
            ? new Initial.Normal(n)
            : new Initial.Uniform(n));
  }

  private Value constant(Item.TensorItem item, List<Axis> axes, Environment environment) {
    String path = environment.path(item.name().text());
    if (entered.containsKey(path)) {
      return again(item, axes, path)
          ? Tensor.of(graph.constant(path, axes, item.span()))
          : new Wrong();
    }
    if (!fits(item, axes, LARGEST_CONSTANT)) {
      return new Wrong();
    }
    Optional<List<Double>> values =
        switch (item.initialiser().orElseThrow()) {
          case Initialiser.Constant constant ->
              number(constant.value(), environment).map(n -> repeated(n, axes));
          case Initialiser.Elementwise elementwise -> elements(elementwise, axes, environment);
          case Initialiser.Random random -> {
            diagnostics
                .error(Code.NOT_STATIC, random.span(), "a constant has no random values")
                .help("make it a `param`, or give its values: `= 1`");
            yield Optional.empty();
          }
        };
    if (values.isEmpty()) {
      return new Wrong();
    }
    entered.put(path, axes);
    constants.add(new Model.ConstantSpec(path, axes, values.get(), item.doc(), item.span()));
    return Tensor.of(graph.constant(path, axes, item.span()));
  }

  private static List<Double> repeated(double number, List<Axis> axes) {
    return Collections.nCopies(
        axes.stream().mapToInt(Axis::size).reduce(1, Math::multiplyExact), number);
  }

  private Optional<List<Double>> elements(
      Initialiser.Elementwise elementwise, List<Axis> axes, Environment environment) {
    Map<String, Value> outside = new HashMap<>(environment.values());
    int count = axes.stream().mapToInt(Axis::size).reduce(1, Math::multiplyExact);
    List<Double> values = new ArrayList<>(count);
    for (int element = 0; element < count; element++) {
      int rest = element;
      for (int a = axes.size() - 1; a >= 0; a--) {
        IndexVariable variable = elementwise.variables().get(a);
        environment.values().put(variable.name().text(), Known.of(rest % axes.get(a).size()));
        rest /= axes.get(a).size();
      }
      Optional<Double> value = number(elementwise.value(), environment);
      if (value.isEmpty()) {
        break;
      }
      values.add(value.get());
    }
    environment.values().clear();
    environment.values().putAll(outside);
    return values.size() == count ? Optional.of(values) : Optional.empty();
  }

  /** A number that is known and finite, or a diagnostic. */
  Optional<Double> number(Expression expression, Environment environment) {
    Value value = evaluator.evaluate(expression, environment);
    if (value instanceof Known known) {
      if (Double.isFinite(known.number())) {
        return Optional.of(known.number());
      }
      diagnostics
          .error(Code.NOT_STATIC, expression.span(), "this is " + known.number() + ", not a number")
          .help("look for a division by 0, or the root or logarithm of a negative number");
    } else if (!(value instanceof Wrong)) {
      diagnostics
          .error(
              Code.NOT_STATIC,
              expression.span(),
              "a number is needed that is known before the model runs")
          .help("compute it from hyperparameters and axis sizes");
    }
    return Optional.empty();
  }

  /** The axes of a type, all known. */
  Optional<List<Axis>> axes(Type.TensorType type, Environment environment) {
    List<Axis> axes = new ArrayList<>();
    for (Name name : type.axes()) {
      Optional<Axis> axis = evaluator.axis(name, environment);
      if (axis.isEmpty()) {
        return Optional.empty();
      }
      axes.add(axis.get());
    }
    return Optional.of(axes);
  }

  /** Holds a value against the shape that was written beside its name. */
  void check(Type.TensorType type, Value value, Item.LetItem let, Environment environment) {
    Optional<List<Axis>> declared = axes(type, environment);
    int node = evaluator.node(value, let.value().span());
    if (declared.isEmpty() || node < 0 || graph.axes(node).equals(declared.get())) {
      return;
    }
    List<Axis> own =
        graph.axes(node).stream().filter(a -> !environment.mapped().contains(a)).toList();
    if (own.equals(declared.get())) {
      return;
    }
    diagnostics
        .error(
            Code.WRONG_DECLARED_SHAPE,
            let.value().span(),
            "`"
                + let.name()
                + "` is declared as "
                + Shapes.sizes(declared.get())
                + ", and this is "
                + Shapes.sizes(own))
        .help("change the annotation or the expression")
        .note(type.span(), "it is declared here")
        .note(graph.node(node).span(), "the value comes from here");
  }
}
