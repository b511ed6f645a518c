package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.ReadSequences.Read;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.GraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is read and written back under the same factors as something that is written: the delta
 * rule, which writes {@code beta k (v - k @ S)}. With k the common factors, v what is written
 * besides, c y what is read, both become one sequence u = v + c y,
 *
 * <pre>
 *   u_t = v_t + c_t known_t + sum over s before t of c_t (q_t . G(s, t) k_s) u_s
 * </pre>
 *
 * so there is one product with what was written instead of two, wherever the state is read.
 */
final class CorrectedWrites {
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final BlockStates states;
  private final Read read;
  private final Term term;

  /** What both write, and what is left of each. */
  private record Split(List<Integer> common, List<BlockWrite> rests, List<BlockWrite> others) {}

  CorrectedWrites(BlockGraph block, BlockStates states, Read read) {
    this.block = block;
    this.graph = block.graph();
    this.states = states;
    this.read = read;
    this.term = read.term();
  }

  /**
   * All that is written to the state.
   *
   * @param written what is written besides what is read; the states know it
   * @return empty if the read is written under factors of its own
   */
  Optional<List<BlockWrite>> solve(List<BlockWrite> written) {
    Product outer = ReadSequences.factor(term);
    List<Integer> factors = block.factors(outer, read.span());
    if (read.writes() != term.state() || term.over().isEmpty()) {
      return Optional.empty();
    }
    Split split = split(factors, written);
    List<Integer> own = without(factors, split.common());
    if (split.rests().isEmpty() || own.stream().anyMatch(f -> !block.ownAxes(f).isEmpty())) {
      return Optional.empty();
    }
    states.write(term.state(), split.others());
    Span span = read.span();
    int correction = block.product(outer.scale(), own, span);
    int right = graph.multiply(correction, states.read(term, span), span);
    for (BlockWrite rest : split.rests()) {
      right = graph.add(right, block.product(rest.scale(), rest.factors(), span), span);
    }
    int influence = states.influence(term, new BlockWrite(1, split.common()), span);
    int matrix = graph.multiply(correction, influence, span);
    int solution =
        graph.solve(
            matrix, right, List.of(Axis.TIME), List.of(Axis.SOURCE), Direction.FORWARD, span);
    List<Integer> all = new ArrayList<>(split.common());
    all.add(solution);
    List<BlockWrite> writes = new ArrayList<>(split.others());
    writes.add(new BlockWrite(1, all));
    return Optional.of(writes);
  }

  /** Writes whose factors along the axes that are read are those of the read, too. */
  private Split split(List<Integer> factors, List<BlockWrite> written) {
    List<Integer> common = factors;
    List<BlockWrite> sharing = new ArrayList<>();
    List<BlockWrite> others = new ArrayList<>();
    for (BlockWrite write : written) {
      List<Integer> shared = inBoth(common, write.factors());
      boolean shares =
          write.exponent() < 0
              && shared.stream().anyMatch(this::isRead)
              && without(write.factors(), shared).stream().noneMatch(this::isRead)
              && without(common, shared).stream().noneMatch(this::isRead);
      (shares ? sharing : others).add(write);
      if (shares) {
        common = shared;
      }
    }
    List<BlockWrite> rests = new ArrayList<>();
    for (BlockWrite write : sharing) {
      rests.add(new BlockWrite(write.scale(), without(write.factors(), common)));
    }
    return new Split(common, rests, others);
  }

  private boolean isRead(int factor) {
    return block.hasAny(factor, term.over());
  }

  /** The factors that both have, as often as both have them. */
  private static List<Integer> inBoth(List<Integer> some, List<Integer> others) {
    return without(some, without(some, others));
  }

  /** What is left of the factors, each taken away once. */
  private static List<Integer> without(List<Integer> factors, List<Integer> taken) {
    List<Integer> left = new ArrayList<>(factors);
    taken.forEach(factor -> left.remove((Object) factor));
    return left;
  }
}
