package dev.retain.compiler.recurrence;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A recurrence taken apart. For each state {@code S' = decay * S + reads + writes}; the output is a
 * function, token by token, of read-outs that are linear in the states.
 *
 * @param readOuts for each node of the body that reads the states linearly, what it reads. The
 *     output is computed from these and from values without any state.
 */
public record NormalForm(
    RecurrenceCall call, List<Equation> equations, SortedMap<Integer, Linear> readOuts) {
  public NormalForm {
    equations = List.copyOf(equations);
    readOuts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(readOuts));
  }

  public NormalForm(RecurrenceCall call, List<Equation> equations, Map<Integer, Linear> readOuts) {
    this(call, equations, new TreeMap<>(readOuts));
  }

  /**
   * @param reads terms that read a state and write what they read: the delta rule's, or another
   *     state's value
   * @param writes products that do not depend on any state; each has axes of the state only
   */
  public record Equation(
      RecurrenceCall.State state, Decay decay, List<Linear.Term> reads, List<Product> writes) {
    public Equation {
      reads = List.copyOf(reads);
      writes = List.copyOf(writes);
    }
  }

  /** The axes of a state that are its own, not those mapped over. */
  public List<Axis> ownAxes(RecurrenceCall.State state) {
    return state.axes().subList(call.mapped().size(), state.axes().size());
  }
}
