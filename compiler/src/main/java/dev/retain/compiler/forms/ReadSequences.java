package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The auxiliary sequences: what each step of a block reads from a state and writes back, to the
 * same state or another. Where what a step reads depends on what earlier steps have read, the
 * sequences are the solution of a triangular system.
 */
final class ReadSequences {
  /**
   * A term of a state's equation that reads a state.
   *
   * @param writes the state that is written to
   */
  record Read(int writes, Term term) {
    Span span() {
      return term.span();
    }
  }

  private final NormalForm form;
  private final BlockGraph block;
  private final BlockStates states;
  private final BlockMaxima maxima;
  private final Map<Read, Integer> sequences = new HashMap<>();

  private ReadSequences(NormalForm form, BlockGraph block, BlockStates states, BlockMaxima maxima) {
    this.form = form;
    this.block = block;
    this.states = states;
    this.maxima = maxima;
  }

  /** Finds all sequences, and tells the states what is written to them. */
  static void find(NormalForm form, BlockGraph block, BlockStates states, BlockMaxima maxima)
      throws UnsupportedFormException {
    ReadSequences sequences = new ReadSequences(form, block, states, maxima);
    for (List<Integer> group : StateGroups.of(form)) {
      sequences.find(group);
    }
  }

  /** States that read each other; those that they read besides are known. */
  private void find(List<Integer> group) throws UnsupportedFormException {
    List<Read> inside = new ArrayList<>();
    for (int state : group) {
      for (Read read : reads(state)) {
        if (group.contains(read.term().state())) {
          inside.add(read);
        } else {
          sequences.put(read, states.read(read.term(), read.span()));
        }
      }
    }
    tellStates(group);
    if (inside.size() == 1 && writeCorrected(inside.getFirst())) {
      return;
    }
    if (!inside.isEmpty()) {
      sequences.putAll(new TriangularReads(form, block, states, inside).solve());
      tellStates(group);
    }
  }

  /** Whether what is read is corrected along with what is written under the same factors. */
  private boolean writeCorrected(Read read) throws UnsupportedFormException {
    int state = read.writes();
    if (maxima.ofState(state).isPresent()) {
      return false;
    }
    TriangularReads.check(form, states, List.of(read));
    Optional<List<BlockWrite>> writes =
        new CorrectedWrites(block, states, read).solve(writes(state));
    writes.ifPresent(all -> states.write(state, all));
    return writes.isPresent();
  }

  private List<Read> reads(int state) {
    return form.equations().get(state).reads().stream().map(term -> new Read(state, term)).toList();
  }

  /** Tells the states what is written to them, as far as it is known. */
  private void tellStates(List<Integer> group) {
    for (int state : group) {
      states.write(state, writes(state));
    }
  }

  private List<BlockWrite> writes(int state) {
    List<BlockWrite> writes = new ArrayList<>(maxima.writes(state));
    for (Read read : reads(state)) {
      if (sequences.containsKey(read)) {
        List<Integer> factors = new ArrayList<>(outer(block, read.term()));
        factors.add(sequences.get(read));
        writes.add(new BlockWrite(factor(read.term()).scale(), factors));
      }
    }
    return writes;
  }

  /** The factors that what a term reads is multiplied with. */
  static List<Integer> outer(BlockGraph block, Term term) {
    return block.factors(factor(term), term.span());
  }

  static Product factor(Term term) {
    // Where nothing is summed over, the vector is a factor like any other.
    return term.over().isEmpty()
        ? term.outer().times(term.inner()).times(term.vector())
        : term.outer();
  }

  /** The axes of what a term reads: those of the state that it does not sum over. */
  static List<Axis> keptAxes(NormalForm form, Term term) {
    return BlockGraph.without(
        form.ownAxes(form.equations().get(term.state()).state()), term.over());
  }
}
