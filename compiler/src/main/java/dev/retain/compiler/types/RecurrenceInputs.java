package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.types.Value.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What one use of a recurrence is given, as values of the caller and as inputs of its step. */
final class RecurrenceInputs {
  private final List<Item.TensorItem> declared;
  private final Map<String, Value> arguments;
  private final Expression.CallExpression call;
  private final GraphBuilder outer;
  private final Variations variations;
  private final Binder binder;
  private final Diagnostics diagnostics;

  /** In the order of the declarations. */
  private final List<Integer> nodes = new ArrayList<>();

  /**
   * @param arguments by the name of the input
   * @param outer the graph of the caller
   * @param variations of its values
   */
  RecurrenceInputs(
      RecurrenceDeclaration recurrence,
      Map<String, Value> arguments,
      Expression.CallExpression call,
      GraphBuilder outer,
      Variations variations,
      Binder binder,
      Diagnostics diagnostics) {
    this.declared = CallInputs.of(recurrence.items());
    this.arguments = arguments;
    this.call = call;
    this.outer = outer;
    this.variations = variations;
    this.binder = binder;
    this.diagnostics = diagnostics;
  }

  /** The axes that this use is mapped over. */
  List<Axis> mapped() {
    return binder.mapped(declared, arguments);
  }

  /**
   * Fits the arguments to the declarations.
   *
   * @param inside gets a value for each input
   * @param body the step's graph, which gets a node for each
   * @return whether they fit; if not, there is a diagnostic
   */
  boolean bind(Environment inside, GraphBuilder body) {
    // Axes without a size are solved by the arguments, so they come first.
    for (Item.TensorItem input : declared) {
      List<Name> names =
          switch (input.type()) {
            case Type.TensorType type -> type.axes();
            case Type.IndexType type -> List.of(type.axis());
          };
      names.stream()
          .filter(axis -> inside.values().get(axis.text()) == null)
          .forEach(axis -> inside.unsolved().add(axis.text()));
    }
    for (Item.TensorItem input : declared) {
      Value argument = arguments.get(input.name().text());
      Span span = argumentSpan(input.name().text());
      Value bound = binder.bind(input, argument, span, inside);
      if (!(bound instanceof Tensor tensor) || !varies(input, tensor, span, inside)) {
        return false;
      }
      nodes.add(tensor.node());
      Node given = outer.node(tensor.node());
      int node = body.input(input.name().text(), given.axes(), given.precision(), input.span());
      inside.values().put(input.name().text(), new Tensor(node, tensor.indexOf()));
    }
    return true;
  }

  /** Whether an argument changes no more than its declaration says. */
  private boolean varies(Item.TensorItem input, Tensor argument, Span span, Environment inside) {
    Role declaredAs = Role.valueOf(input.role().name());
    Role given = variations.of(argument.node());
    if (given.compareTo(declaredAs) <= 0) {
      return true;
    }
    String name = input.name().text();
    diagnostics
        .error(
            Code.NOT_CONSTANT,
            span,
            "`"
                + name
                + "` of `"
                + inside.owner()
                + "` is declared `"
                + declaredAs.name().toLowerCase(Locale.ROOT)
                + "`, and this "
                + (given == Role.IN ? "changes from step to step" : "is learned"))
        .help(
            given == Role.IN
                ? "declare it `in " + name + "`, or pass something that does not change"
                : "declare it `param " + name + "`")
        .note(input.span(), "it is declared here");
    return false;
  }

  private Span argumentSpan(String name) {
    for (var named : call.arguments().named()) {
      if (named.name().text().equals(name)) {
        return named.value().span();
      }
    }
    for (int i = 0; i < call.arguments().positional().size(); i++) {
      if (declared.get(i).name().text().equals(name)) {
        return call.arguments().positional().get(i).span();
      }
    }
    return call.span();
  }

  /** The nodes of the caller's graph that are given, in the order of the declarations. */
  List<Integer> nodes() {
    return nodes;
  }

  /** What the step's graph reads, in the order of the declarations. */
  List<RecurrenceCall.Input> inStep(Environment inside, GraphBuilder body) {
    return declared.stream().map(input -> inStep(input, inside, body)).toList();
  }

  private static RecurrenceCall.Input inStep(
      Item.TensorItem item, Environment inside, GraphBuilder body) {
    Tensor tensor = (Tensor) inside.values().get(item.name().text());
    return new RecurrenceCall.Input(
        item.name().text(),
        Role.valueOf(item.role().name()),
        body.axes(tensor.node()),
        item.span());
  }
}
