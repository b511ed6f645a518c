package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Arguments;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that is one recurrence and nothing else: each of its inputs comes from outside, under the
 * name {@code in.NAME}.
 */
public final class RecurrenceModel {
  private final Program program;
  private final Scope.Entry entry;
  private final RecurrenceDeclaration recurrence;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();

  private RecurrenceModel(Program program, Scope.Entry entry, Diagnostics diagnostics) {
    this.program = program;
    this.entry = entry;
    this.recurrence = (RecurrenceDeclaration) entry.declaration();
    this.diagnostics = diagnostics;
  }

  /**
   * An input of the recurrence.
   *
   * @param name as declared
   * @param axes the names of its own axes, as declared
   */
  public record Input(String name, Item.TensorItem.Role role, List<String> axes) {
    public Input {
      axes = List.copyOf(axes);
    }

    /** Its name in the model. */
    public String path() {
      return Inputs.OUTSIDE + name;
    }
  }

  /**
   * What is brought for an input.
   *
   * @param mapped the axes in front of its own, such as the heads
   * @param values of a constant, row-major; empty for other inputs
   */
  public record Argument(List<Axis> mapped, List<Integer> sizes, List<Double> values) {
    public Argument {
      mapped = List.copyOf(mapped);
      sizes = List.copyOf(sizes);
      values = List.copyOf(values);
    }
  }

  /** The inputs that a recurrence declares. */
  public static List<Input> inputs(RecurrenceDeclaration recurrence) {
    return CallInputs.of(recurrence.items()).stream()
        .map(item -> new Input(item.name().text(), item.role(), axes(item)))
        .toList();
  }

  private static List<String> axes(Item.TensorItem item) {
    return switch (item.type()) {
      case Type.TensorType type -> type.axes().stream().map(Name::text).toList();
      case Type.IndexType type -> List.of();
    };
  }

  /**
   * @param entry of a recurrence
   * @param arguments for each of its inputs, by name
   */
  public static Model of(
      Program program,
      Scope.Entry entry,
      Map<String, Argument> arguments,
      Diagnostics diagnostics) {
    return new RecurrenceModel(program, entry, diagnostics).model(arguments);
  }

  private Model model(Map<String, Argument> arguments) {
    Map<String, Value> values = new LinkedHashMap<>();
    List<Model.ParameterSpec> parameters = new ArrayList<>();
    List<Model.ConstantSpec> constants = new ArrayList<>();
    for (Input input : inputs(recurrence)) {
      Argument argument = arguments.get(input.name());
      List<Axis> axes = new ArrayList<>(argument.mapped());
      for (int i = 0; i < input.axes().size(); i++) {
        axes.add(own(input.axes().get(i), argument.sizes().get(i), argument.mapped()));
      }
      String path = input.path();
      values.put(input.name(), Value.Tensor.of(node(input, axes)));
      switch (input.role()) {
        case CONST ->
            constants.add(
                new Model.ConstantSpec(path, axes, argument.values(), "", recurrence.span()));
        case PARAM ->
            parameters.add(
                new Model.ParameterSpec(path, axes, new Initial.Fill(0), "", recurrence.span()));
        case IN -> {}
      }
    }
    Evaluator evaluator = new Evaluator(program, graph, diagnostics, new NoCalls());
    RecurrenceElaborator elaborator = new RecurrenceElaborator(program, graph, diagnostics);
    Expression.CallExpression call =
        new Expression.CallExpression(
            recurrence.name(),
            new Arguments(List.of(), List.of(), List.of(), recurrence.span()),
            recurrence.span());
    Environment outside =
        new Environment(program.scope(entry.file()), recurrence.name().text(), "");
    Value result =
        elaborator.call(
            recurrence, entry, values, call, outside, new Binder(graph, evaluator, diagnostics));
    diagnostics.throwIfErrors();
    return new Model(
        recurrence.name().text(),
        Map.of(),
        List.copyOf(elaborator.axes().values()),
        parameters,
        constants,
        graph.build(),
        ((Value.Tensor) result).node(),
        Axis.of("none", 1),
        elaborator.forms(),
        recurrence.span());
  }

  /** An axis of the recurrence's own, which may have the name of one that it is mapped over. */
  private static Axis own(String name, int size, List<Axis> mapped) {
    boolean taken = mapped.stream().anyMatch(axis -> axis.name().equals(name));
    return Axis.of(taken ? name + "'" : name, size);
  }

  private int node(Input input, List<Axis> axes) {
    return switch (input.role()) {
      case CONST -> graph.constant(input.path(), axes, recurrence.span());
      case PARAM -> graph.parameter(input.path(), axes, recurrence.span());
      case IN -> graph.input(input.path(), axes, Precision.REAL, recurrence.span());
    };
  }
}
