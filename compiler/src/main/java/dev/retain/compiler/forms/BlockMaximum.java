package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.PositiveRatio;
import dev.retain.compiler.recurrence.PositiveRatio.Weighted;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * A group of states of which only ratios are read, within a block. With l(s, t) the sum of the
 * decays' logarithms after step s up to t, states S = exp(m) U, writes exp(x_s) w_s and anything
 * exp(y_t) w_t that is read besides,
 *
 * <pre>
 *   r_t   = the largest of m_0 + l(0, t), of x_s + l(s, t) for all s that count for t, and of y_t
 *   m_end = the largest of m_0 + l(0, end) and of x_s + l(s, end) for all s that count
 * </pre>
 *
 * what is read at step t is read over exp(r_t), and the states after the block are kept over
 * exp(m_end).
 */
final class BlockMaximum {
  private final PositiveRatio ratio;
  private final BlockGraph block;
  private final GraphBuilder graph;
  private final Clock clock;
  private final Span span;
  private final RecurrenceCall.State maximum;
  private final int before;
  private final Optional<Elapsed> elapsed;
  private final int reference;
  private final int end;

  BlockMaximum(PositiveRatio ratio, NormalForm form, BlockGraph block) {
    this.ratio = ratio;
    this.block = block;
    this.graph = block.graph();
    this.clock = block.clock();
    this.maximum = ratio.maximum(form.call());
    this.span = maximum.span();
    List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
    axes.addAll(maximum.axes());
    this.before = graph.state(maximum.path(), axes, span);
    this.elapsed = ratio.decay().map(decay -> new Elapsed(block, decay, span));
    this.reference = reference(form);
    this.end = end();
  }

  PositiveRatio ratio() {
    return ratio;
  }

  RecurrenceCall.State maximum() {
    return maximum;
  }

  /** The maximum after the block. */
  int next() {
    return end;
  }

  /** Over the exponential of what the step is read over. */
  int read(int exponent) {
    return exp(graph.pointwise(Function.SUBTRACT, span, exponent, reference));
  }

  private int reference(NormalForm form) {
    List<Integer> largest = new ArrayList<>();
    List<Integer> ofSource = new ArrayList<>();
    ratio.free().values().stream()
        .flatMap(List::stream)
        .map(Weighted::exponent)
        .distinct()
        .forEach(exponent -> largest.add(block.copy(exponent)));
    List<Boolean> reads =
        ratio.free().keySet().stream()
            .flatMap(id -> form.readOuts().get(id).terms().stream())
            .map(Term::next)
            .distinct()
            .toList();
    for (boolean after : reads) {
      int started = later(before, () -> elapsed.get().fromStart(after));
      largest.add(clock.whereKept(started, least()));
      for (int exponent : ratio.exponents()) {
        int written = later(source(exponent), () -> elapsed.get().between(after));
        ofSource.add(clock.whereReached(after, written, least()));
      }
    }
    return maximum(ofSource, largest);
  }

  private int end() {
    List<Integer> ofSource = new ArrayList<>();
    for (int exponent : ratio.exponents()) {
      int written = later(source(exponent), () -> elapsed.get().toEnd());
      ofSource.add(clock.whereReachesEnd(everySource(written), least()));
    }
    int started = later(before, () -> elapsed.get().whole());
    return maximum(ofSource, List.of(clock.whereKeptToEnd(started, least())));
  }

  /**
   * Derivatives take it for a constant: every result is the same for any number. It is one value in
   * memory, so that all that is read over it is read over the same number.
   */
  private int maximum(List<Integer> ofSource, List<Integer> others) {
    int largest = -1;
    for (List<Integer> values : List.of(ofSource, others)) {
      for (int value : values) {
        largest = largest < 0 ? value : graph.pointwise(Function.MAX, span, largest, value);
      }
    }
    int reduced = graph.reduce(Reduction.MAXIMUM, largest, List.of(Axis.SOURCE), span);
    return graph.pointwise(Function.STOP_GRADIENT, span, reduced);
  }

  int fromStart(boolean after) {
    int exponent = below(before, reference);
    return exp(clock.whereKept(later(exponent, () -> elapsed.get().fromStart(after)), zero()));
  }

  int between(int written, boolean after) {
    int exponent = below(source(written), reference);
    int sum = later(exponent, () -> elapsed.get().between(after));
    // The exponential of what does not count may be infinite, and derivatives would see it.
    int kept = exp(clock.whereReached(after, sum, zero()));
    return clock.whereReached(after, kept, zero());
  }

  int whole() {
    int exponent = below(before, end);
    return exp(clock.whereKeptToEnd(later(exponent, () -> elapsed.get().whole()), zero()));
  }

  int toEnd(int written) {
    int exponent = below(source(written), end);
    int sum = later(exponent, () -> elapsed.get().toEnd());
    int kept = exp(clock.whereReachesEnd(sum, zero()));
    return clock.whereReachesEnd(kept, zero());
  }

  private int later(int exponent, IntSupplier decays) {
    return elapsed.isEmpty() ? exponent : graph.add(exponent, decays.getAsInt(), span);
  }

  private int below(int exponent, int largest) {
    return graph.pointwise(Function.SUBTRACT, span, exponent, largest);
  }

  private int source(int exponent) {
    return clock.atSource(block.copy(exponent));
  }

  /** Also where it is always the same. */
  private int everySource(int value) {
    int zero = graph.multiply(zero(), graph.index(Axis.SOURCE, span), span);
    return block.has(value, Axis.SOURCE) ? value : graph.add(value, zero, span);
  }

  private int exp(int exponent) {
    return graph.pointwise(Function.EXP, span, exponent);
  }

  private int least() {
    return graph.literal(PositiveRatio.LEAST, span);
  }

  private int zero() {
    return graph.literal(0, span);
  }
}
