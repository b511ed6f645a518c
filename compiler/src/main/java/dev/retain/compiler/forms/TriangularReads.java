package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.ReadSequences.Read;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sequences of reads that depend on each other's earlier values. With u what is written along with
 * a read,
 *
 * <pre>
 *   y_t = known_t + sum over s before t of (q_t . G(s, t) u_s) y_s
 * </pre>
 *
 * which is a triangular system {@code (I - L) Y = B}. Several reads of one step stand one behind
 * the other within it.
 */
final class TriangularReads {
  private final NormalForm form;
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final BlockStates states;
  private final List<Read> reads;

  /**
   * @param states which know what is written besides the reads
   */
  TriangularReads(NormalForm form, BlockGraph block, BlockStates states, List<Read> reads)
      throws UnsupportedFormException {
    this.form = form;
    this.block = block;
    this.graph = block.graph();
    this.states = states;
    this.reads = inOrderOfUse(reads);
    check(form, states, reads);
  }

  /** A read of a state after the step comes behind the reads that are written to it. */
  private static List<Read> inOrderOfUse(List<Read> reads) {
    List<Read> ordered = new ArrayList<>();
    while (ordered.size() < reads.size()) {
      for (Read read : reads) {
        boolean ready =
            !read.term().next()
                || reads.stream()
                    .filter(other -> other.writes() == read.term().state())
                    .allMatch(ordered::contains);
        if (ready && !ordered.contains(read)) {
          ordered.add(read);
        }
      }
    }
    return ordered;
  }

  /**
   * @throws UnsupportedFormException if they are no triangular system
   */
  static void check(NormalForm form, BlockStates states, List<Read> reads)
      throws UnsupportedFormException {
    List<Axis> axes = ReadSequences.keptAxes(form, reads.getFirst().term());
    for (Read read : reads) {
      Term term = read.term();
      if (!ReadSequences.keptAxes(form, term).equals(axes)
          || axes.stream().anyMatch(term.over()::contains)) {
        throw new UnsupportedFormException(
            read.span(),
            "a state is read along different axes, and both are written back",
            "read it along one of its axes only, or declare the recurrence `: recurrent`");
      }
      Optional<Rotation> rotation = states.decay(term.state()).rotation().or(term::turn);
      boolean bothTurn =
          states.decay(term.state()).rotation().isPresent() && term.turn().isPresent();
      if (bothTurn || rotation.isPresent() && !term.over().contains(rotation.get().axis())) {
        throw new UnsupportedFormException(
            read.span(),
            "a state that turns along "
                + rotation.get().axis().name()
                + " is read along another axis and written back",
            "sum over "
                + rotation.get().axis().name()
                + ", or declare the recurrence `: recurrent`");
      }
    }
  }

  Map<Read, Integer> solve() {
    Span span = reads.getFirst().span();
    List<Integer> known = new ArrayList<>();
    List<List<Integer>> matrix = new ArrayList<>();
    for (Read read : reads) {
      known.add(states.read(read.term(), read.span()));
      matrix.add(reads.stream().map(other -> influence(read, other)).toList());
    }
    if (reads.size() == 1) {
      int solution =
          solve(matrix.getFirst().getFirst(), known.getFirst(), List.of(), List.of(), span);
      return Map.of(reads.getFirst(), solution);
    }
    Axis row = Axis.of("read.row", reads.size());
    Axis column = Axis.of("read.column", reads.size());
    int right = block.literal(0);
    int left = block.literal(0);
    for (int i = 0; i < reads.size(); i++) {
      right = graph.add(right, at(row, i, known.get(i), span), span);
      for (int j = 0; j < reads.size(); j++) {
        int entry = at(row, i, at(column, j, matrix.get(i).get(j), span), span);
        left = graph.add(left, entry, span);
      }
    }
    int all = solve(left, right, List.of(row), List.of(column), span);
    Map<Read, Integer> solutions = new HashMap<>();
    for (int i = 0; i < reads.size(); i++) {
      int own = graph.reduce(Reduction.SUM, at(row, i, all, span), List.of(row), span);
      solutions.put(reads.get(i), own);
    }
    return solutions;
  }

  private int solve(int matrix, int right, List<Axis> row, List<Axis> column, Span span) {
    List<Axis> rows = new ArrayList<>(List.of(Axis.TIME));
    List<Axis> columns = new ArrayList<>(List.of(Axis.SOURCE));
    rows.addAll(row);
    columns.addAll(column);
    return graph.solve(matrix, right, rows, columns, Direction.FORWARD, span);
  }

  /** The value at one place along the axis, else 0. */
  private int at(Axis axis, int place, int value, Span span) {
    int here =
        graph.pointwise(Function.EQUAL, span, graph.index(axis, span), graph.literal(place, span));
    return graph.pointwise(Function.SELECT, span, here, value, graph.literal(0, span));
  }

  /** How much what another read reads at each step counts for a read: [TIME, SOURCE]. */
  private int influence(Read read, Read other) {
    Span span = read.span();
    Term term = read.term();
    if (other.writes() != term.state()) {
      return block.literal(0);
    }
    Product outer = ReadSequences.factor(other.term());
    BlockWrite write = new BlockWrite(outer.scale(), block.factors(outer, span));
    return states.influence(term, write, span);
  }
}
