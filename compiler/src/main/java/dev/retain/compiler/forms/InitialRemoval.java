package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same recurrence in the differences of its states from their initial values, so that a state
 * that begins anew within a block is 0 there. With S = U + c the step S' = f(S) is U' = f(U + c) -
 * c.
 */
final class InitialRemoval {
  private final RecurrenceCall call;
  private final GraphBuilder to = new GraphBuilder();
  private final GraphCopy copy;

  private InitialRemoval(RecurrenceCall call) {
    this.call = call;
    this.copy = new GraphCopy(call.body(), to, this::replace);
  }

  /** The states keep their initial values as numbers, from which the difference is taken. */
  static RecurrenceCall remove(RecurrenceCall call) {
    return call.states().stream().allMatch(state -> state.initial() == 0)
        ? call
        : new InitialRemoval(call).rewrite();
  }

  private RecurrenceCall rewrite() {
    List<RecurrenceCall.State> states = new ArrayList<>();
    for (RecurrenceCall.State state : call.states()) {
      int next = copy.copy(state.next());
      int value = shift(next, -state.initial(), state.span());
      states.add(
          new RecurrenceCall.State(
              state.name(), state.path(), state.axes(), state.initial(), value, state.span()));
    }
    // What reads a state after the step reads it as the difference.
    Map<Integer, Integer> after = new HashMap<>();
    for (int s = 0; s < states.size(); s++) {
      int back = shift(states.get(s).next(), states.get(s).initial(), call.span());
      after.put(call.states().get(s).next(), back);
    }
    GraphCopy output =
        new GraphCopy(
            call.body(),
            to,
            node -> after.containsKey(node.id()) ? after.get(node.id()) : replace(node));
    int result = output.copy(call.output());
    return new RecurrenceCall(
        call.name(),
        call.path(),
        call.mapped(),
        call.inputs(),
        states,
        to.build(),
        result,
        call.span());
  }

  private int replace(Node node) {
    if (!(node.operation() instanceof Operation.State(String path))) {
      return -1;
    }
    RecurrenceCall.State state =
        call.states().stream().filter(s -> s.path().equals(path)).findFirst().orElseThrow();
    int difference = to.state(path, node.axes(), node.span());
    return shift(difference, state.initial(), node.span());
  }

  private int shift(int value, double by, Span span) {
    return to.add(value, to.literal(by, span), span);
  }
}
