package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.program.Inputs;
import java.util.List;

/**
 * Time inside a block, counted in steps that are valid. In a dense program every step is, and the
 * clock is the step's number, which costs nothing; in a ragged one the clock, the number of resets
 * and the validity of each step are inputs. Everything that depends on time is said in these terms,
 * so that padding and packing are nothing special to a form.
 */
final class Clock {
  private static final List<Axis> STEPS = List.of(Axis.BATCH, Axis.TIME);

  private final GraphBuilder graph;
  private final boolean ragged;
  private final Span span;

  Clock(GraphBuilder graph, boolean ragged, Span span) {
    this.graph = graph;
    this.ragged = ragged;
    this.span = span;
  }

  /** Valid steps up to and including each step of the block. */
  int after() {
    return ragged ? input(Inputs.CLOCK, STEPS) : plusOne(graph.index(Axis.TIME, span));
  }

  /** Valid steps before each step of the block. */
  int before() {
    return ragged ? subtract(after(), input(Inputs.VALID, STEPS)) : graph.index(Axis.TIME, span);
  }

  /** Valid steps in the whole block. */
  int end() {
    return ragged
        ? input(Inputs.CLOCK_END, List.of(Axis.BATCH))
        : graph.reduce(
            Reduction.MAXIMUM, plusOne(graph.index(Axis.TIME, span)), List.of(Axis.TIME), span);
  }

  /** The number of valid steps that the sequence has made before each step of the block. */
  int position() {
    return graph.add(input(Inputs.POSITION, List.of(Axis.BATCH)), before(), span);
  }

  /** Where the step along SOURCE counts for the state after (or before) the step along TIME. */
  int reaches(boolean after) {
    int source = graph.index(Axis.SOURCE, span);
    int time = graph.index(Axis.TIME, span);
    int earlier =
        graph.pointwise(after ? Function.LESS_OR_EQUAL : Function.LESS, span, source, time);
    if (!ragged) {
      return earlier;
    }
    int sameSegment = graph.pointwise(Function.EQUAL, span, segment(), atSource(segment()));
    return graph.multiply(
        earlier, graph.multiply(atSource(input(Inputs.VALID, STEPS)), sameSegment, span), span);
  }

  /** Where the state before the block is still part of the state at each step. */
  int keeps() {
    return ragged ? isZero(segment()) : graph.literal(1, span);
  }

  /** Where the state before the block is part of the state after it. */
  int keepsToEnd() {
    return ragged ? isZero(input(Inputs.SEGMENT_END, List.of(Axis.BATCH))) : graph.literal(1, span);
  }

  /** Where the step along SOURCE counts for the state after the block. */
  int reachesEnd() {
    if (!ragged) {
      return graph.literal(1, span);
    }
    int same =
        graph.pointwise(
            Function.EQUAL,
            span,
            atSource(segment()),
            input(Inputs.SEGMENT_END, List.of(Axis.BATCH)));
    return graph.multiply(atSource(input(Inputs.VALID, STEPS)), same, span);
  }

  /** The value where the step along SOURCE counts for the state after (or before) each step. */
  int whereReached(boolean after, int value, int otherwise) {
    return select(reaches(after), value, otherwise);
  }

  /** The value where the step along SOURCE counts for the state after the block. */
  int whereReachesEnd(int value, int otherwise) {
    return ragged ? select(reachesEnd(), value, otherwise) : value;
  }

  /** The value where the state before the block is still part of the state at each step. */
  int whereKept(int value, int otherwise) {
    return ragged ? select(keeps(), value, otherwise) : value;
  }

  /** The value where the state before the block is part of the state after it. */
  int whereKeptToEnd(int value, int otherwise) {
    return ragged ? select(keepsToEnd(), value, otherwise) : value;
  }

  private int select(int condition, int value, int otherwise) {
    return graph.pointwise(Function.SELECT, span, condition, value, otherwise);
  }

  /** The value at valid steps, another at padding. */
  int atValid(int value, int otherwise) {
    return ragged && graph.axes(value).contains(Axis.TIME)
        ? graph.pointwise(Function.SELECT, span, input(Inputs.VALID, STEPS), value, otherwise)
        : value;
  }

  /** The value at each valid step, also where it is always the same, and 0 at padding. */
  int everyStep(int value) {
    if (graph.axes(value).contains(Axis.TIME)) {
      return atValid(value, graph.literal(0, span));
    }
    if (ragged) {
      return graph.multiply(value, input(Inputs.VALID, STEPS), span);
    }
    int zero = graph.multiply(graph.literal(0, span), graph.index(Axis.TIME, span), span);
    return graph.add(value, zero, span);
  }

  /** The same value of each step, along SOURCE instead of TIME. */
  int atSource(int value) {
    return graph.rename(value, Axis.TIME, Axis.SOURCE, span);
  }

  int subtract(int left, int right) {
    return graph.pointwise(Function.SUBTRACT, span, left, right);
  }

  private int segment() {
    return input(Inputs.SEGMENT, STEPS);
  }

  private int isZero(int value) {
    return graph.pointwise(Function.EQUAL, span, value, graph.literal(0, span));
  }

  private int plusOne(int value) {
    return graph.add(value, graph.literal(1, span), span);
  }

  private int input(String name, List<Axis> axes) {
    return graph.input(name, axes, Precision.WIDE, span);
  }
}
