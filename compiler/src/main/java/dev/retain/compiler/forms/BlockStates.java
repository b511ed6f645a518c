package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the steps of a block read from their states, and what the states are after it, given what is
 * written at each step.
 *
 * <p>With G(s, t) the decays of the steps after s up to t, writes split into factors u along the
 * axes that a reading vector q sums over and w along the others,
 *
 * <pre>
 *   r_t   = q_t . G(0, t) S_0 + sum over s of [s counts for t] (q_t . G(s, t) u_s) w_s
 *   S_end = G(0, end) S_0     + sum over s of [s counts] G(s, end) u_s w_s
 * </pre>
 *
 * A state that turns is seen from the start of the block: what is written is turned back by the
 * angle since then, and what is read is turned on.
 */
final class BlockStates {
  private final NormalForm form;
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final Clock clock;
  private final List<BlockDecay> decays = new ArrayList<>();
  private final Map<Integer, List<BlockWrite>> writes = new HashMap<>();

  BlockStates(NormalForm form, BlockGraph block, BlockMaxima maxima) {
    this.form = form;
    this.block = block;
    this.graph = block.graph();
    this.clock = block.clock();
    for (int s = 0; s < form.equations().size(); s++) {
      NormalForm.Equation equation = form.equations().get(s);
      Optional<BlockDecay> relative = maxima.ofState(s).map(RelativeDecay::new);
      decays.add(
          relative.orElseGet(
              () -> new WrittenDecay(block, equation.decay(), equation.state().span())));
    }
  }

  BlockDecay decay(int state) {
    return decays.get(state);
  }

  /** Says what is written to a state, once all of it is known. */
  void write(int state, List<BlockWrite> written) {
    Span span = span(state);
    writes.put(state, written.stream().map(write -> turnedBack(state, write, span)).toList());
  }

  private Span span(int state) {
    return form.equations().get(state).state().span();
  }

  /** The write as the state before the block would see it. */
  private BlockWrite turnedBack(int state, BlockWrite write, Span span) {
    Optional<Rotation> rotation = decays.get(state).rotation();
    if (rotation.isEmpty()) {
      return write;
    }
    Axis axis = rotation.get().axis();
    List<Integer> along = write.factors().stream().filter(f -> block.has(f, axis)).toList();
    List<Integer> factors =
        new ArrayList<>(write.factors().stream().filter(f -> !block.has(f, axis)).toList());
    int back = block.negated(decays.get(state).phase(true), span);
    factors.add(block.turned(block.product(1, along, span), rotation.get(), back, span));
    return new BlockWrite(write.scale(), factors);
  }

  /** What a term reads at each step, without the factors that the result is multiplied with. */
  int read(Term term, Span span) {
    int sum = carried(term, span);
    for (BlockWrite write : writes.get(term.state())) {
      int value = written(term, query(term, span), write, span);
      sum = graph.add(sum, graph.multiply(graph.literal(write.scale(), span), value, span), span);
    }
    return turnedOn(term, sum, span);
  }

  /** The part of what a term reads that comes from the state before the block, not turned on. */
  int carried(Term term, Span span) {
    BlockDecay decay = decays.get(term.state());
    int state = block.state(form.equations().get(term.state()).state());
    int kept = graph.multiply(clock.keeps(), decay.fromStart(term.next()), span);
    int query = query(term, span);
    if (!block.hasAny(kept, term.over())) {
      return graph.multiply(kept, block.contracted(query, state, term.over(), span), span);
    }
    if (block.ownAxes(kept).stream().allMatch(term.over()::contains)) {
      int decayed = graph.multiply(kept, query, span);
      return block.contracted(decayed, state, term.over(), span);
    }
    int product = graph.multiply(graph.multiply(kept, query, span), state, span);
    return block.summed(product, term.over(), span);
  }

  /** The vector that a term sums with, seen from the start of the block. */
  private int query(Term term, Span span) {
    Product vector = term.over().isEmpty() ? Product.ONE : term.inner().times(term.vector());
    int query = block.product(vector, span);
    if (term.turn().isPresent() && term.over().contains(term.turn().get().axis())) {
      int back = block.negated(block.copy(term.turn().get().angle()), span);
      query = block.turned(query, term.turn().get(), back, span);
    }
    BlockDecay decay = decays.get(term.state());
    if (decay.rotation().isPresent() && term.over().contains(decay.rotation().get().axis())) {
      int back = block.negated(decay.phase(term.next()), span);
      query = block.turned(query, decay.rotation().get(), back, span);
    }
    return query;
  }

  /** What is read along an axis that has turned, turned as the state has. */
  int turnedOn(Term term, int value, Span span) {
    int result = value;
    BlockDecay decay = decays.get(term.state());
    if (decay.rotation().isPresent() && !term.over().contains(decay.rotation().get().axis())) {
      result = block.turned(result, decay.rotation().get(), decay.phase(term.next()), span);
    }
    if (term.turn().isPresent() && !term.over().contains(term.turn().get().axis())) {
      int angle = block.copy(term.turn().get().angle());
      result = block.turned(result, term.turn().get(), angle, span);
    }
    return result;
  }

  /** What one write of all steps gives a term at each step: [.., TIME]. */
  private int written(Term term, int query, BlockWrite write, Span span) {
    List<Integer> kept = new ArrayList<>();
    int weights = weights(term, query, write, kept, span);
    int values = block.product(1, kept, span);
    if (block.ownAxes(weights).stream().noneMatch(term.over()::contains)) {
      return kept.isEmpty()
          ? block.sumOverSource(weights, span)
          : block.sumOverSource(weights, values, span);
    }
    List<Axis> over = new ArrayList<>(List.of(Axis.SOURCE));
    over.addAll(term.over());
    return block.summed(graph.multiply(weights, values, span), over, span);
  }

  /** How much a write at each step counts for what a term reads at each step: [TIME, SOURCE]. */
  int influence(Term term, BlockWrite written, Span span) {
    BlockWrite write = turnedBack(term.state(), written, span);
    List<Integer> kept = new ArrayList<>();
    int weights = weights(term, query(term, span), write, kept, span);
    int all = graph.multiply(weights, block.product(write.scale(), kept, span), span);
    return block.ownAxes(all).stream().anyMatch(term.over()::contains)
        ? block.summed(all, term.over(), span)
        : all;
  }

  /**
   * How much each step along SOURCE counts for what a term reads at each step along TIME: the
   * scores of its vector with the factors that it sums over, decayed. Where the decay differs along
   * axes summed over and others, the sum is left to be taken.
   *
   * @param kept receives the factors that are not part of the scores, along SOURCE
   */
  private int weights(Term term, int query, BlockWrite write, List<Integer> kept, Span span) {
    int decays = this.decays.get(term.state()).between(write, term.next());
    boolean decaysSummed = block.hasAny(decays, term.over());
    List<Integer> read = new ArrayList<>();
    for (int factor : write.factors()) {
      int source = clock.atSource(factor);
      (block.hasAny(source, term.over()) ? read : kept).add(source);
    }
    if (!decaysSummed) {
      int scores = block.contracted(query, block.product(1, read, span), term.over(), span);
      return term.over().isEmpty() ? decays : graph.multiply(decays, scores, span);
    }
    int product =
        graph.multiply(graph.multiply(query, block.product(1, read, span), span), decays, span);
    boolean mixed = block.ownAxes(decays).stream().anyMatch(axis -> !term.over().contains(axis));
    return mixed ? product : block.summed(product, term.over(), span);
  }

  /** The state after the block. */
  int end(int state) {
    Span span = span(state);
    BlockDecay decay = decays.get(state);
    int kept = graph.multiply(clock.keepsToEnd(), decay.whole(), span);
    int before = block.state(form.equations().get(state).state());
    int sum = graph.multiply(kept, before, span);
    for (BlockWrite write : writes.get(state)) {
      int value = writtenToEnd(write, decay.toEnd(write), span);
      sum = graph.add(sum, graph.multiply(graph.literal(write.scale(), span), value, span), span);
    }
    return decay.rotation().isPresent()
        ? block.turned(sum, decay.rotation().get(), decay.wholePhase(), span)
        : sum;
  }

  /** Sums over the steps the product of the factors, as one product of two matrices. */
  private int writtenToEnd(BlockWrite write, int weights, Span span) {
    List<Integer> factors = new ArrayList<>();
    write.factors().forEach(factor -> factors.add(clock.atSource(factor)));
    // Factors that share an axis with the decay, or else with the first, go to its side.
    List<Integer> left = new ArrayList<>();
    List<Axis> leftAxes = new ArrayList<>(block.ownAxes(weights));
    boolean grown = !factors.isEmpty();
    while (grown) {
      grown = false;
      for (int factor : List.copyOf(factors)) {
        List<Axis> own = block.ownAxes(factor);
        if (leftAxes.isEmpty() || own.isEmpty() || own.stream().anyMatch(leftAxes::contains)) {
          leftAxes.addAll(own);
          left.add(factor);
          factors.remove((Integer) factor);
          grown = true;
        }
      }
    }
    int product =
        left.isEmpty() ? weights : graph.multiply(weights, block.product(1, left, span), span);
    return factors.isEmpty()
        ? block.sumOverSource(product, span)
        : block.sumOverSource(product, block.product(1, factors, span), span);
  }
}
