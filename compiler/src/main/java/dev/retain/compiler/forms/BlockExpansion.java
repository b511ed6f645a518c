package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.HashMap;
import java.util.Map;

/**
 * A block of steps at once, from the states before it: the parallel form where the block is the
 * whole sequence, the chunkwise form where it is a chunk. What is written at each step is found
 * first ({@link ReadSequences}), then what is read ({@link BlockStates}).
 */
final class BlockExpansion {
  private final NormalForm form;
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final BlockMaxima maxima;
  private final BlockStates states;

  private BlockExpansion(PositiveRatios ratios, BlockGraph block) throws UnsupportedFormException {
    this.form = ratios.form();
    this.block = block;
    this.graph = block.graph();
    BlockCheck.check(form);
    this.maxima = new BlockMaxima(ratios, block);
    this.states = new BlockStates(form, block, maxima);
    ReadSequences.find(form, block, states, maxima);
  }

  /**
   * @param inputs for each input's name its node
   * @param nextStates receives each state's value after the block
   * @return the node of the result
   */
  static int expand(
      PositiveRatios ratios,
      Map<String, Integer> inputs,
      GraphBuilder graph,
      boolean ragged,
      Map<String, Integer> nextStates)
      throws UnsupportedFormException {
    BlockGraph block = new BlockGraph(ratios.form().call(), inputs, graph, ragged);
    return new BlockExpansion(ratios, block).expand(nextStates);
  }

  private int expand(Map<String, Integer> nextStates) {
    Map<Integer, Integer> readOuts = new HashMap<>();
    form.readOuts().forEach((id, linear) -> readOuts.put(id, readOut(id, linear)));
    for (int s = 0; s < form.equations().size(); s++) {
      RecurrenceCall.State state = form.equations().get(s).state();
      int end = graph.add(states.end(s), block.literal(state.initial()), state.span());
      nextStates.put(state.path(), end);
    }
    maxima.next(nextStates);
    return block.copier(readOuts).copy(form.call().output());
  }

  private int readOut(int id, Linear linear) {
    Span span = form.call().body().node(id).span();
    int sum = block.literal(0);
    for (Term term : linear.terms()) {
      Product factor = ReadSequences.factor(term);
      int outer = block.product(factor.scale(), ReadSequences.outer(block, term), span);
      sum = graph.add(sum, graph.multiply(outer, states.read(term, span), span), span);
    }
    for (int free : maxima.free(id)) {
      sum = graph.add(sum, free, span);
    }
    return sum;
  }
}
