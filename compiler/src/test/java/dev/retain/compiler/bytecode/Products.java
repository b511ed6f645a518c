package dev.retain.compiler.bytecode;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.TensorProgram;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The products of a model's layers and of their derivatives, as programs of two parameters.
 *
 * @param d channels of the model
 * @param n channels of another layer
 * @param heads how many heads
 * @param key channels of a key
 * @param value channels of a value
 */
record Products(int d, int n, int heads, int key, int value) {
  /**
   * One product: what it computes, the axes of both sides and of the result, and what is summed.
   */
  record Product(String name, List<Axis> left, List<Axis> right, List<Axis> over, List<Axis> axes) {
    /** The same of steps that come no later than others: what is summed, or else the result. */
    TensorProgram triangle() {
      GraphBuilder graph = new GraphBuilder();
      boolean matrix = left.contains(Axis.TIME) && left.contains(Axis.SOURCE);
      int a = graph.parameter("a", left, Span.none());
      int b = graph.parameter("b", right, Span.none());
      int operand = matrix ? upToTime(graph, a) : a;
      int product =
          graph.add(new Operation.Contract(operand, b, over), axes, Precision.REAL, Span.none());
      int output = matrix ? product : upToTime(graph, product);
      TensorProgram program = new TensorProgram(name, graph.build(), output, Map.of());
      GraphVerifier.verify(program);
      return program;
    }

    private static int upToTime(GraphBuilder graph, int value) {
      int condition =
          graph.pointwise(
              Function.LESS_OR_EQUAL,
              Span.none(),
              graph.index(Axis.SOURCE, Span.none()),
              graph.index(Axis.TIME, Span.none()));
      return graph.pointwise(
          Function.SELECT, Span.none(), condition, value, graph.literal(0, Span.none()));
    }

    TensorProgram program() {
      GraphBuilder graph = new GraphBuilder();
      int a = graph.parameter("a", left, Span.none());
      int b = graph.parameter("b", right, Span.none());
      int output = graph.add(new Operation.Contract(a, b, over), axes, Precision.REAL, Span.none());
      TensorProgram program = new TensorProgram(name, graph.build(), output, Map.of());
      GraphVerifier.verify(program);
      return program;
    }
  }

  List<Product> all() {
    Axis batch = Axis.BATCH;
    Axis time = Axis.TIME;
    Axis source = Axis.SOURCE;
    Axis in = Axis.of("d", d);
    Axis out = Axis.of("n", n);
    Axis head = Axis.of("head", heads);
    Axis k = Axis.of("K", key);
    Axis v = Axis.of("V", value);
    List<Axis> steps = List.of(batch, time);
    List<Axis> x = List.of(batch, time, in);
    List<Axis> y = List.of(batch, time, out);
    List<Axis> queries = List.of(batch, time, head, k);
    List<Axis> keys = List.of(batch, source, head, k);
    List<Axis> values = List.of(batch, source, head, v);
    List<Axis> results = List.of(batch, time, head, v);
    List<Axis> scores = List.of(batch, head, time, source);
    return List.of(
        new Product("y = x W", x, List.of(in, out), List.of(in), y),
        new Product("dx = dy W^T", y, List.of(in, out), List.of(out), x),
        new Product("dW = x^T dy", x, y, steps, List.of(in, out)),
        new Product("q = x Wq", x, List.of(in, head, k), List.of(in), queries),
        new Product("dx = dq Wq^T", queries, List.of(in, head, k), List.of(head, k), x),
        new Product("dWq = x^T dq", x, queries, steps, List.of(in, head, k)),
        new Product("y = o Wo", results, List.of(head, v, in), List.of(head, v), x),
        new Product("dWo = o^T dy", results, x, steps, List.of(head, v, in)),
        new Product("scores = q k^T", queries, keys, List.of(k), scores),
        new Product("out = scores v", scores, values, List.of(source), results),
        new Product("dscores = dout v^T", results, values, List.of(v), scores),
        new Product("dq = dscores k", scores, keys, List.of(source), queries),
        new Product("dk = dscores^T q", scores, queries, List.of(time), keys),
        new Product("dv = scores^T dout", scores, results, List.of(time), values),
        new Product("state = k^T v", keys, values, List.of(source), List.of(batch, head, k, v)),
        new Product("out = q state", queries, List.of(batch, head, k, v), List.of(k), results),
        new Product("dq = dout state^T", results, List.of(batch, head, k, v), List.of(v), queries));
  }

  /** Products with matrices of steps by steps. */
  List<Product> ofSteps() {
    return all().stream()
        .filter(product ->
            Stream.of(product.left(), product.axes())
                .anyMatch(axes -> axes.contains(Axis.TIME) && axes.contains(Axis.SOURCE)))
        .toList();
  }

  /** Products that no layer has: sums over axes that do not lie behind each other, one row. */
  List<Product> odd() {
    Axis in = Axis.of("d", d);
    Axis out = Axis.of("n", n);
    Axis head = Axis.of("head", heads);
    return List.of(
        new Product(
            "two sums",
            List.of(Axis.BATCH, Axis.TIME, head, in),
            List.of(Axis.BATCH, Axis.TIME, head, out),
            List.of(Axis.BATCH, head),
            List.of(Axis.TIME, in, out)),
        new Product(
            "two sums of a transposed side",
            List.of(Axis.TIME, head, in),
            List.of(Axis.TIME, out, head),
            List.of(head, Axis.TIME),
            List.of(in, out)),
        new Product(
            "one row",
            List.of(Axis.BATCH, Axis.TIME),
            List.of(Axis.BATCH, Axis.TIME, out),
            List.of(Axis.BATCH, Axis.TIME),
            List.of(out)),
        new Product(
            "one row of a transposed side",
            List.of(in),
            List.of(out, in),
            List.of(in),
            List.of(out)));
  }
}
