package dev.retain.compiler.proof;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Programs with one slip each: something swapped, dropped or shifted by one. */
final class Mutants {
  private final TensorProgram program;
  private final Map<String, TensorProgram> mutants = new LinkedHashMap<>();

  private Mutants(TensorProgram program) {
    this.program = program;
  }

  /** By what was done. */
  static Map<String, TensorProgram> of(TensorProgram program) {
    Mutants all = new Mutants(program);
    program.graph().nodes().forEach(all::mutate);
    all.states();
    return all.mutants;
  }

  private void mutate(Node node) {
    switch (node.operation()) {
      case Operation.Literal(double value) -> replace(node, new Operation.Literal(value + 1));
      case Operation.Index _ -> shifted(node);
      case Operation.Input(String name) when !name.startsWith("in.") -> shifted(node);
      case Operation.Input _, Operation.Parameter _, Operation.Constant _, Operation.State _ -> {}
      case Operation.Pointwise(Function function, List<Integer> x) -> pointwise(node, function, x);
      case Operation.Contract _ -> negated(node);
      case Operation.Reduce _ -> shifted(node);
      case Operation.Gather _, Operation.Scatter _ -> shifted(node);
      case Operation.Turn(int operand, int angle, Axis axis, Axis pair) -> {
        insert(
            node,
            "turned back",
            (copy, graph) -> {
              int back = graph.pointwise(Function.NEGATE, node.span(), copy.get(angle));
              return new Operation.Turn(copy.get(operand), back, axis, pair);
            });
        insteadOf(node, operand, "not turned");
      }
      case Operation.Rename _ -> {}
      case Operation.CumulativeSum(int operand, var direction) ->
          insteadOf(node, operand, "not summed");
      case Operation.RangeProduct(int operand, var from, RangeEnd to) -> {
        switch (to) {
          case TIME ->
              replace(node, new Operation.RangeProduct(operand, from, RangeEnd.BEFORE_TIME));
          case BEFORE_TIME ->
              replace(node, new Operation.RangeProduct(operand, from, RangeEnd.TIME));
          case LAST -> negated(node);
        }
      }
      case Operation.Solve(_, int right, _, _, _) -> insteadOf(node, right, "not solved");
      case Operation.Dropout dropout -> throw new AssertionError(dropout);
      case Operation.Recur recur -> throw new AssertionError(recur);
    }
  }

  private void pointwise(Node node, Function function, List<Integer> x) {
    switch (function) {
      case ADD -> {
        replace(node, new Operation.Pointwise(Function.SUBTRACT, x));
        dropped(node, x);
      }
      case SUBTRACT -> {
        replace(node, new Operation.Pointwise(function, x.reversed()));
        dropped(node, x);
      }
      case MULTIPLY, DIVIDE -> dropped(node, x);
      case POWER -> {
        insert(
            node,
            "a higher power",
            (copy, graph) ->
                new Operation.Pointwise(
                    function,
                    List.of(copy.get(x.getFirst()), more(copy.get(x.getLast()), node, graph))));
        insteadOf(node, x.getFirst(), "the first power");
      }
      case LESS -> replace(node, new Operation.Pointwise(Function.LESS_OR_EQUAL, x));
      case LESS_OR_EQUAL -> replace(node, new Operation.Pointwise(Function.LESS, x));
      case SELECT ->
          replace(
              node, new Operation.Pointwise(function, List.of(x.getFirst(), x.get(2), x.get(1))));
      case NEGATE, ROUND, STOP_GRADIENT -> insteadOf(node, x.getFirst(), "the operand");
      case EQUAL, EXP, LOG, SQRT, ERF, TANH, SIN, COS, ABS, MAX, MIN -> shifted(node);
    }
  }

  private static int more(int value, Node node, GraphBuilder graph) {
    return graph.add(value, graph.literal(1, node.span()), node.span());
  }

  private void dropped(Node node, List<Integer> x) {
    insteadOf(node, x.getFirst(), "the left one alone");
    insteadOf(node, x.getLast(), "the right one alone");
  }

  /** One more than the value. */
  private void shifted(Node node) {
    after(node, "one more", (value, graph) -> more(value, node, graph));
  }

  private void negated(Node node) {
    after(node, "negated", (value, graph) -> graph.pointwise(Function.NEGATE, node.span(), value));
  }

  /** The operand in its place, if it has the same axes. */
  private void insteadOf(Node node, int operand, String what) {
    if (program.graph().node(operand).axes().equals(node.axes())) {
      build(node, what, (copy, graph) -> copy.get(operand));
    }
  }

  private void replace(Node node, Operation operation) {
    insert(node, operation.toString(), (copy, graph) -> remapped(operation, copy::get));
  }

  private interface Insertion {
    Operation operation(Map<Integer, Integer> copy, GraphBuilder graph);
  }

  private interface Addition {
    int after(int value, GraphBuilder graph);
  }

  private interface Change {
    int node(Map<Integer, Integer> copy, GraphBuilder graph);
  }

  private void insert(Node node, String what, Insertion insertion) {
    build(
        node,
        what,
        (copy, graph) ->
            graph.add(
                insertion.operation(copy, graph), node.axes(), node.precision(), node.span()));
  }

  private void after(Node node, String what, Addition addition) {
    build(
        node,
        what,
        (copy, graph) ->
            addition.after(
                graph.add(
                    remapped(node.operation(), copy::get),
                    node.axes(),
                    node.precision(),
                    node.span()),
                graph));
  }

  private void build(Node changed, String what, Change change) {
    GraphBuilder graph = new GraphBuilder();
    Map<Integer, Integer> copy = new LinkedHashMap<>();
    for (Node node : program.graph().nodes()) {
      copy.put(
          node.id(),
          node.id() == changed.id()
              ? change.node(copy, graph)
              : graph.add(
                  remapped(node.operation(), copy::get),
                  node.axes(),
                  node.precision(),
                  node.span()));
    }
    Map<String, Integer> next = new LinkedHashMap<>();
    program.nextStates().forEach((name, id) -> next.put(name, copy.get(id)));
    mutants.put(
        "%" + changed.id() + " = " + changed.operation() + ": " + what,
        new TensorProgram(program.name(), graph.build(), copy.get(program.output()), next));
  }

  /** Each state as it was before. */
  private void states() {
    for (Node node : program.graph().nodes()) {
      if (node.operation() instanceof Operation.State(String name)) {
        Map<String, Integer> next = new LinkedHashMap<>(program.nextStates());
        next.put(name, node.id());
        mutants.put(
            name + " stays",
            new TensorProgram(program.name(), program.graph(), program.output(), next));
      }
    }
  }

  private static Operation remapped(Operation operation, UnaryOperator<Integer> to) {
    return switch (operation) {
      case Operation.Literal l -> l;
      case Operation.Parameter p -> p;
      case Operation.Constant c -> c;
      case Operation.Input i -> i;
      case Operation.State s -> s;
      case Operation.Index i -> i;
      case Operation.Pointwise(var function, var x) -> {
        List<Integer> operands = new ArrayList<>();
        x.forEach(operand -> operands.add(to.apply(operand)));
        yield new Operation.Pointwise(function, operands);
      }
      case Operation.Contract(int left, int right, var over) ->
          new Operation.Contract(to.apply(left), to.apply(right), over);
      case Operation.Reduce(var reduction, int operand, var over) ->
          new Operation.Reduce(reduction, to.apply(operand), over);
      case Operation.Scatter(int value, var axis, int index) ->
          new Operation.Scatter(to.apply(value), axis, to.apply(index));
      case Operation.Gather(int table, var axis, int index) ->
          new Operation.Gather(to.apply(table), axis, to.apply(index));
      case Operation.Turn(int operand, int angle, var axis, var pair) ->
          new Operation.Turn(to.apply(operand), to.apply(angle), axis, pair);
      case Operation.Rename(int operand, var from, var target) ->
          new Operation.Rename(to.apply(operand), from, target);
      case Operation.CumulativeSum(int operand, var direction) ->
          new Operation.CumulativeSum(to.apply(operand), direction);
      case Operation.RangeProduct(int operand, var from, var end) ->
          new Operation.RangeProduct(to.apply(operand), from, end);
      case Operation.Solve(int matrix, int right, var rows, var columns, var direction) ->
          new Operation.Solve(to.apply(matrix), to.apply(right), rows, columns, direction);
      case Operation.Dropout dropout -> throw new AssertionError(dropout);
      case Operation.Recur recur -> throw new AssertionError(recur);
    };
  }
}
