package dev.retain.compiler.autodiff;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Inputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** From a program that goes forward to one that also goes back. */
public final class Differentiation {
  private final TensorProgram program;
  private final Graph forward;
  private final Wanted wanted;
  private final Activity activity;
  private final GraphBuilder graph;
  private final Adjoints adjoints;
  private final PointwiseRules pointwise;
  private final ProductRules products;
  private final StepRules steps;

  private Differentiation(TensorProgram program, Wanted wanted) {
    this.program = program;
    this.forward = program.graph();
    this.wanted = wanted;
    this.activity = Activity.of(program, wanted);
    this.graph = GraphBuilder.extending(forward);
    this.adjoints = new Adjoints(graph, forward.nodes().size());
    this.pointwise = new PointwiseRules(activity, adjoints);
    this.products = new ProductRules(activity, adjoints);
    this.steps = new StepRules(activity, adjoints);
  }

  /**
   * The same program with gradients of the sum of {@code output * }{@link Inputs#ADJOINT_OF_OUTPUT}
   * and of each state after the block times {@link Inputs#adjointOf}.
   *
   * @param outputAxes the axes of what flows back to the output: all of the output's, or none if it
   *     is one number
   */
  public static TensorProgram of(TensorProgram program, List<Axis> outputAxes, Wanted wanted) {
    return new Differentiation(program, wanted).differentiate(outputAxes);
  }

  private TensorProgram differentiate(List<Axis> outputAxes) {
    Node output = forward.node(program.output());
    seed(output, Inputs.ADJOINT_OF_OUTPUT, outputAxes);
    program
        .nextStates()
        .forEach((path, id) -> {
          Optional<Node> state = state(path);
          if (state.isPresent() && activity.isActive(state.get().id())) {
            seed(forward.node(id), Inputs.adjointOf(path), state.get().axes());
          }
        });
    Map<String, Integer> gradients = new TreeMap<>();
    for (Node node : forward.nodes().reversed()) {
      if (activity.isActive(node.id()) && adjoints.has(node.id())) {
        flowThrough(node, gradients);
      }
    }
    return new TensorProgram(
        program.name(), graph.build(), program.result(), program.nextStates(), gradients);
  }

  private Optional<Node> state(String path) {
    return forward.nodes().stream()
        .filter(node -> node.operation().equals(new Operation.State(path)))
        .findFirst();
  }

  private void seed(Node node, String input, List<Axis> axes) {
    if (activity.isActive(node.id())) {
      int adjoint = graph.input(input, axes, Precision.REAL, node.span());
      adjoints.add(node.id(), adjoint, node.span());
    }
  }

  private void flowThrough(Node node, Map<String, Integer> gradients) {
    switch (node.operation()) {
      case Operation.Parameter(String path) -> gradients.put(path, adjoints.of(node.id()));
      case Operation.Constant(String path) -> gradients.put(path, adjoints.of(node.id()));
      case Operation.Input(String name) -> gradients.put(name, adjoints.of(node.id()));
      case Operation.State(String path) ->
          gradients.put(Gradients.ofState(path), adjoints.of(node.id()));
      case Operation.Pointwise(var function, List<Integer> operands) ->
          pointwise.apply(node, function, operands);
      case Operation.Contract(int left, int right, var over) ->
          products.contract(node, left, right);
      case Operation.Reduce(var reduction, int operand, List<Axis> over) ->
          products.reduce(node, reduction, operand, over);
      case Operation.Gather(int table, Axis axis, int index) ->
          products.gather(node, table, axis, index);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) ->
          products.turn(node, operand, angle, axis, pair);
      case Operation.Rename(int operand, Axis from, Axis to) ->
          products.rename(node, operand, from, to);
      case Operation.CumulativeSum(int operand, var direction) ->
          steps.cumulativeSum(node, operand, direction);
      case Operation.RangeProduct(int operand, var from, var to) ->
          steps.rangeProduct(node, operand, from, to);
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          steps.solve(node, matrix, right, rows, columns, direction);
      case Operation.Scatter _ ->
          throw new IllegalStateException("derivatives are not differentiated");
      case Operation.Dropout _ -> throw new IllegalStateException("nothing was drawn for " + node);
      case Operation.Literal _, Operation.Index _, Operation.Recur _ ->
          throw new IllegalStateException("nothing can flow back to " + node);
    }
  }
}
