package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * That a form computes what the steps of a recurrence do.
 *
 * @param strict whether it must from any state, and be defined wherever the steps are, even where
 *     inputs are 0
 */
record Claim(RecurrenceUse use, FormUnderProof form, boolean strict) {
  /** The longest block that is compared. */
  static final int CHUNK = 9;

  /** Of blocks of so many steps every arrangement of padding and resets is compared. */
  static final int RAGGED = 3;

  private static final int BRIEF = 5;
  private static final int MIDDLE = 6;
  private static final Arrangement LONGER =
      new Arrangement(List.of("--..-...-", "r..r...r.", "..R-..rR.", "-.-r-.---"));

  /** Whether the form makes one step at a time. */
  boolean isOfSteps() {
    return form.whole().graph().nodes().stream().noneMatch(node -> node.axes().contains(Axis.TIME));
  }

  private boolean readsChunk() {
    return form.whole().graph().nodes().stream()
        .anyMatch(node -> node.operation().equals(new Operation.Input(FormUnderProof.CHUNK)));
  }

  /**
   * Whether a block depends on how many steps were made before it by more than arithmetic: what one
   * position shows then says nothing of another.
   */
  boolean comparesPosition() {
    Graph graph = form.whole().graph();
    boolean[] ofPosition = new boolean[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      List<Integer> operands = node.operation().operands();
      boolean reads = operands.stream().anyMatch(operand -> ofPosition[operand]);
      if (reads && node.operation() instanceof Operation.Pointwise(Function function, var x)) {
        boolean compares =
            switch (function) {
              case LESS, LESS_OR_EQUAL, EQUAL, MAX, MIN, ABS -> true;
              case SELECT -> ofPosition[x.getFirst()];
              case ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATE -> false;
              case EXP, LOG, SQRT, ERF, TANH, SIN, COS, ROUND, STOP_GRADIENT -> false;
            };
        if (compares) {
          return true;
        }
      }
      ofPosition[node.id()] =
          reads || node.operation().equals(new Operation.Input(Inputs.POSITION));
    }
    return false;
  }

  /** Whether blocks can begin with any states: whether those as written can be told. */
  boolean takesStates() {
    return !form.isFromRest()
        && use.call().states().stream()
            .allMatch(state -> form.asWritten().states().containsKey(state.name()));
  }

  int longest() {
    return isOfSteps() ? 1 : CHUNK;
  }

  Optional<TensorProgram> program(boolean ragged) {
    return ragged ? form.ragged() : Optional.of(form.whole());
  }

  /** The sequences of which all is compared, from the shortest. */
  List<Arrangement> arrangements(boolean ragged, int longest) {
    if (!ragged) {
      return List.of(Arrangement.whole(longest));
    }
    List<Arrangement> arrangements = new ArrayList<>();
    for (int steps = 1; steps <= Math.min(RAGGED, longest); steps++) {
      arrangements.add(Arrangement.all(steps));
    }
    if (longest > RAGGED) {
      arrangements.add(LONGER.first(longest));
    }
    return arrangements;
  }

  /** How long the chunks may be meant to be of which a block of so many steps is one. */
  List<Integer> chunks(int steps) {
    List<Integer> chunks = new ArrayList<>();
    for (int chunk = steps; chunk <= (readsChunk() ? CHUNK : steps); chunk++) {
      chunks.add(chunk);
    }
    return chunks;
  }

  /** How a sequence from rest may be cut up. */
  List<Integer> cuts(int length) {
    List<Integer> cuts = new ArrayList<>();
    if (isOfSteps()) {
      return List.of(1);
    }
    if (!form.isFromRest()) {
      for (int chunk = 1; chunk < length; chunk++) {
        cuts.add(chunk);
      }
    }
    cuts.addAll(chunks(length));
    return cuts;
  }

  /** The sizes of the axes by name. */
  Map<String, Integer> sizes() {
    return sizes(use.call());
  }

  static Map<String, Integer> sizes(RecurrenceCall call) {
    Map<String, Integer> sizes = new TreeMap<>();
    call.mapped().forEach(axis -> sizes.put(axis.name(), axis.size()));
    call.inputs().forEach(i -> i.axes().forEach(axis -> sizes.put(axis.name(), axis.size())));
    call.states().forEach(s -> s.axes().forEach(axis -> sizes.put(axis.name(), axis.size())));
    return sizes;
  }

  /**
   * Compares every block from any state.
   *
   * @param isBrief whether short blocks will do
   * @return where one differs
   */
  <N> Optional<Mismatch<N>> blocks(
      boolean ragged, boolean isBrief, Draw<N> draw, Progress progress) {
    int longest = Math.min(longest(), isBrief ? ragged ? RAGGED - 1 : BRIEF : CHUNK);
    for (Arrangement arrangement : arrangements(ragged, longest)) {
      // A sequence begins at rest, and each of its blocks is one from any state.
      List<Start> starts =
          ragged || isBrief ? List.of(Start.LATER) : List.of(Start.REST, Start.LATER);
      Comparison<N> comparison = comparison(ragged, arrangement, starts, draw);
      int least = !ragged ? 1 : arrangement.steps() <= RAGGED ? arrangement.steps() : MIDDLE;
      for (int steps = least; steps <= arrangement.steps(); steps += ragged ? 3 : 1) {
        for (int chunk : chunks(steps)) {
          Optional<Mismatch<N>> found = comparison.block(steps, chunk);
          if (found.isPresent()) {
            return found;
          }
        }
      }
      progress.compared(comparison.hasCompared());
    }
    return Optional.empty();
  }

  /**
   * Compares every sequence from rest, in chunks of every length.
   *
   * @return where one differs
   */
  <N> Optional<Mismatch<N>> sequences(boolean ragged, Draw<N> draw, Progress progress) {
    for (Arrangement arrangement : arrangements(ragged, CHUNK)) {
      Comparison<N> comparison = comparison(ragged, arrangement, List.of(Start.REST), draw);
      for (int length = 1; length <= arrangement.steps(); length++) {
        for (int chunk : cuts(length)) {
          Optional<Mismatch<N>> found = comparison.chunks(length, chunk);
          if (found.isPresent()) {
            return found;
          }
        }
      }
      progress.compared(comparison.hasCompared());
    }
    return Optional.empty();
  }

  /** What has been compared so far. */
  interface Progress {
    void compared(boolean anything);
  }

  <N> Comparison<N> comparison(
      boolean ragged, Arrangement arrangement, List<Start> starts, Draw<N> draw) {
    return new Comparison<>(
        use,
        form,
        program(ragged).orElseThrow(),
        Sequences.draw(use, form.kept(), arrangement, starts, draw));
  }
}
