package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.program.Inputs;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A form that somebody wrote for a recurrence, in one use of it: what a block of steps computes,
 * from the states before it.
 *
 * @param name as it is declared
 * @param call the use
 * @param fromRest whether it takes no state and makes none: it computes a whole sequence from its
 *     beginning as one block
 * @param states what it carries from block to block, [batch, ...] each: states of the recurrence,
 *     under their paths, and states of its own
 * @param block its inputs are those of the recurrence by name, [batch, time, ...] or the same at
 *     every step, and {@link #START} and {@link #CHUNK}
 * @param output the node of the block that is the output, along TIME
 * @param next for each of the states' paths the node of its value after the block
 * @param asWritten the states of the recurrence, made of those of the form; its inputs are those
 *     that do not change, the position, which is the number of steps made
 */
public record HandWrittenForm(
    String name,
    RecurrenceCall call,
    boolean fromRest,
    List<State> states,
    Graph block,
    int output,
    SortedMap<String, Integer> next,
    StatesAsWritten asWritten,
    Span span) {
  /** The input that holds the number of steps before the block: [batch]. */
  public static final String START = "block.start";

  /** The input that holds the length of whole blocks: []. The last one may be shorter. */
  public static final String CHUNK = Inputs.CHUNK;

  /** Those inputs of a block that are no inputs of its recurrence. */
  public static final Set<String> OF_A_BLOCK = Set.of(START, CHUNK);

  public HandWrittenForm {
    states = List.copyOf(states);
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
  }

  /**
   * @param axes the mapped axes, then the state's own
   * @param initial every element's value before the first step
   */
  public record State(String name, String path, List<Axis> axes, double initial, Span span) {
    public State {
      axes = List.copyOf(axes);
    }
  }

  /** The number of steps in a block: []. */
  public static int length(GraphBuilder graph, Span span) {
    int steps = graph.add(graph.index(Axis.TIME, span), graph.literal(1, span), span);
    return graph.reduce(Reduction.MAXIMUM, steps, List.of(Axis.TIME), span);
  }
}
