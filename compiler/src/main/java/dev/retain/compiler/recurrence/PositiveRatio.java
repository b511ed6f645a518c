package dev.retain.compiler.recurrence;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * States of which only ratios are read, and to which only multiples of exponentials are written. A
 * factor that they have in common does not matter, so they can be kept over the exponential of a
 * running maximum, where nothing overflows.
 *
 * @param states their places in the recurrence
 * @param axes of the maximum: the axes mapped over, and those that all the states have and nothing
 *     sums over
 * @param decay a node of the body: the logarithm of what the states keep of themselves from step to
 *     step; empty if they are plain sums
 * @param writes for each of the states what is written to it
 * @param free for each read-out of the states what it has besides them
 */
public record PositiveRatio(
    List<Integer> states,
    List<Axis> axes,
    Optional<Integer> decay,
    Map<Integer, List<Weighted>> writes,
    SortedMap<Integer, List<Weighted>> free) {
  /**
   * The initial maximum, below every exponent that matters: its exponential is 0 in any type, and
   * numbers are added to it without becoming infinite.
   */
  public static final double LEAST = -1e9;

  public PositiveRatio {
    states = List.copyOf(states);
    axes = List.copyOf(axes);
    writes = Map.copyOf(writes);
    free = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(free));
  }

  /**
   * {@code exp(exponent) * rest}.
   *
   * @param exponent a node of the body that has no axes but those of the maximum
   */
  public record Weighted(int exponent, Product rest) {}

  /** The maximum as one of the states that are kept; its next value is in no equation. */
  public RecurrenceCall.State maximum(RecurrenceCall call) {
    RecurrenceCall.State first = call.states().get(states.getFirst());
    return new RecurrenceCall.State(
        first.name() + ".maximum", first.path() + ".maximum", axes, LEAST, -1, first.span());
  }

  /** The different exponents of what is written. */
  public List<Integer> exponents() {
    return states.stream()
        .flatMap(state -> writes.get(state).stream())
        .map(Weighted::exponent)
        .distinct()
        .toList();
  }
}
