package dev.retain.compiler.autodiff;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;
import java.util.List;

/**
 * The loss of each step: how many nats the logits give to the target, the logarithm of the sum of
 * all exponentials less the target's logit. 0 where there is no target.
 */
public final class CrossEntropy {
  private CrossEntropy() {}

  /** The program with losses for its output, in place of logits over the vocabulary. */
  public static TensorProgram of(TensorProgram program, Axis vocabulary) {
    GraphBuilder graph = GraphBuilder.extending(program.graph());
    int logits = program.output();
    Span span = graph.node(logits).span();
    List<Axis> steps = Adjoints.without(graph.axes(logits), List.of(vocabulary));
    List<Axis> over = List.of(vocabulary);
    int target = graph.input(Inputs.TARGET, steps, Precision.REAL, span);
    int zero = graph.literal(0, span);
    // Any other number would do for the loss, and none changes it.
    int largest =
        graph.pointwise(
            Function.STOP_GRADIENT, span, graph.reduce(Reduction.MAXIMUM, logits, over, span));
    int exponentials =
        graph.pointwise(
            Function.EXP, span, graph.pointwise(Function.SUBTRACT, span, logits, largest));
    int sum = graph.reduce(Reduction.SUM, exponentials, over, span);
    int isTarget = graph.pointwise(Function.EQUAL, span, graph.index(vocabulary, span), target);
    int chosen =
        graph.reduce(
            Reduction.SUM,
            graph.pointwise(Function.SELECT, span, isTarget, logits, zero),
            over,
            span);
    // In this order, since both parts are small where the target is foreseen.
    int behind = graph.pointwise(Function.SUBTRACT, span, largest, chosen);
    int loss = graph.add(graph.pointwise(Function.LOG, span, sum), behind, span);
    int counts = graph.pointwise(Function.LESS_OR_EQUAL, span, zero, target);
    int output = graph.pointwise(Function.SELECT, span, counts, loss, zero);
    return new TensorProgram(program.name(), graph.build(), output, program.nextStates());
  }
}
