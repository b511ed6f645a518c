package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Decay;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RangeEnd;
import dev.retain.compiler.tensor.RangeStart;
import dev.retain.compiler.tensor.Reduction;
import java.util.List;
import java.util.Optional;

/**
 * Of a state that is kept as the equations speak of it: products of its decays, sums of its angles.
 * A decay that is the same at every step is taken to the power of a difference of clocks; one of
 * each step's own is multiplied over the range. Neither is ever a quotient: a decay may be 0 or
 * negative.
 */
final class WrittenDecay implements BlockDecay {
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final Clock clock;
  private final Span span;
  private final int factor;
  private final boolean perStep;
  private final Optional<Rotation> rotation;
  private final int angle;

  WrittenDecay(BlockGraph block, Decay decay, Span span) {
    this.block = block;
    this.graph = block.graph();
    this.clock = block.clock();
    this.span = span;
    int value = block.product(decay.factor(), span);
    int valid = clock.atValid(value, block.literal(1));
    this.factor = isWide(valid) ? graph.pointwise(Function.ROUND, span, valid) : valid;
    this.perStep = block.has(factor, Axis.TIME);
    this.rotation = decay.rotation();
    this.angle = rotation.map(turn -> clock.everyStep(block.copy(turn.angle()))).orElse(-1);
  }

  private boolean isWide(int node) {
    return graph.node(node).precision() == Precision.WIDE
        && !(graph.node(node).operation() instanceof Operation.Literal);
  }

  @Override
  public Optional<Rotation> rotation() {
    return rotation;
  }

  @Override
  public int fromStart(boolean after) {
    return perStep
        ? product(RangeStart.FIRST, after ? RangeEnd.TIME : RangeEnd.BEFORE_TIME)
        : power(after ? clock.after() : clock.before());
  }

  @Override
  public int between(BlockWrite write, boolean after) {
    int decays =
        perStep
            ? product(RangeStart.AFTER_SOURCE, after ? RangeEnd.TIME : RangeEnd.BEFORE_TIME)
            : power(clock.subtract(after ? clock.after() : clock.before(), sourceClock()));
    return graph.pointwise(
        Function.SELECT, span, clock.reaches(after), decays, graph.literal(0, span));
  }

  @Override
  public int whole() {
    return perStep ? product(RangeStart.FIRST, RangeEnd.LAST) : power(clock.end());
  }

  @Override
  public int toEnd(BlockWrite write) {
    int decays =
        perStep
            ? product(RangeStart.AFTER_SOURCE, RangeEnd.LAST)
            : power(clock.subtract(clock.end(), sourceClock()));
    return graph.multiply(clock.reachesEnd(), decays, span);
  }

  private int sourceClock() {
    return clock.atSource(clock.after());
  }

  private int power(int steps) {
    return graph.pointwise(Function.POWER, span, factor, steps);
  }

  private int product(RangeStart from, RangeEnd to) {
    return graph.rangeProduct(factor, from, to, span);
  }

  @Override
  public int phase(boolean after) {
    int sum = graph.cumulativeSum(angle, Direction.FORWARD, span);
    return after ? sum : graph.pointwise(Function.SUBTRACT, span, sum, angle);
  }

  @Override
  public int wholePhase() {
    return graph.reduce(Reduction.SUM, angle, List.of(Axis.TIME), span);
  }
}
