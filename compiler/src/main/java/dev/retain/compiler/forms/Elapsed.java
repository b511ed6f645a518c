package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;

/** Sums of the logarithms of a decay over ranges of steps of a block. */
final class Elapsed {
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final Clock clock;
  private final Span span;
  private final int decay;
  private final boolean perStep;

  // Up to and with each step, where each has its own.
  private final int sum;

  /**
   * @param decay the node of the body that is the logarithm
   */
  Elapsed(BlockGraph block, int decay, Span span) {
    this.block = block;
    this.graph = block.graph();
    this.clock = block.clock();
    this.span = span;
    int value = block.copy(decay);
    this.perStep = block.has(value, Axis.TIME);
    this.decay = perStep ? clock.everyStep(value) : value;
    this.sum = perStep ? graph.cumulativeSum(this.decay, Direction.FORWARD, span) : -1;
  }

  /** From the start of the block to before, or after, each step along TIME. */
  int fromStart(boolean after) {
    return perStep ? upTo(after) : times(after ? clock.after() : clock.before());
  }

  private int upTo(boolean after) {
    return after ? sum : graph.pointwise(Function.SUBTRACT, span, sum, decay);
  }

  /** From after each step along SOURCE to before, or after, each step along TIME. */
  int between(boolean after) {
    return perStep
        ? clock.subtract(upTo(after), clock.atSource(sum))
        : times(clock.subtract(after ? clock.after() : clock.before(), sourceClock()));
  }

  int whole() {
    return perStep ? total() : times(clock.end());
  }

  /** From after each step along SOURCE to the end of the block. */
  int toEnd() {
    return perStep
        ? clock.subtract(total(), clock.atSource(sum))
        : times(clock.subtract(clock.end(), sourceClock()));
  }

  /** The last of the sums, and no sum of its own: differences to the others are exact. */
  private int total() {
    int last =
        graph.pointwise(
            Function.EQUAL,
            span,
            graph.add(graph.index(Axis.TIME, span), graph.literal(1, span), span),
            HandWrittenForm.length(graph, span));
    int only = graph.pointwise(Function.SELECT, span, last, sum, graph.literal(0, span));
    return graph.reduce(Reduction.SUM, only, List.of(Axis.TIME), span);
  }

  private int sourceClock() {
    return clock.atSource(clock.after());
  }

  private int times(int steps) {
    return graph.multiply(decay, steps, span);
  }
}
