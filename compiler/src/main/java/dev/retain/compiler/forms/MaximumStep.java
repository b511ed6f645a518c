package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.PositiveRatio;
import dev.retain.compiler.recurrence.PositiveRatio.Weighted;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One step of a recurrence with groups of states kept over the exponential of a running maximum.
 *
 * <p>With S = exp(m) U and log d the logarithm of the decay, the recurrence {@code S' = d S +
 * exp(x) w} becomes
 *
 * <pre>
 *   m' = max(m + log d, x)
 *   U' = exp(m - m' + log d) U + exp(x - m') w
 * </pre>
 *
 * and what reads several such states is given all of them, and what it adds to them, over the same
 * exponential.
 */
final class MaximumStep {
  private final PositiveRatios ratios;
  private final NormalForm form;
  private final RecurrenceCall call;
  private final GraphBuilder to = new GraphBuilder();
  private final Map<Integer, Integer> next = new HashMap<>();
  private final Map<Integer, Integer> readOuts = new HashMap<>();
  private final StepProducts products;
  private final GraphCopy copy;

  private MaximumStep(PositiveRatios ratios) {
    this.ratios = ratios;
    this.form = ratios.form();
    this.call = form.call();
    this.copy = new GraphCopy(call.body(), to, node -> -1);
    this.products = new StepProducts(to, copy);
  }

  static RecurrenceCall rewrite(PositiveRatios ratios) {
    return ratios.groups().isEmpty() ? ratios.form().call() : new MaximumStep(ratios).rewrite();
  }

  private RecurrenceCall rewrite() {
    List<RecurrenceCall.State> maxima = new ArrayList<>();
    for (PositiveRatio ratio : ratios.groups()) {
      maxima.add(group(ratio));
    }
    // Nothing but the output reads the groups' states.
    GraphCopy output = new GraphCopy(call.body(), to, this::replaced);
    List<RecurrenceCall.State> states = new ArrayList<>();
    for (int s = 0; s < call.states().size(); s++) {
      RecurrenceCall.State old = call.states().get(s);
      int value = next.containsKey(s) ? next.get(s) : output.copy(old.next());
      states.add(with(old, value));
    }
    states.addAll(maxima);
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

  private int replaced(Node node) {
    return readOuts.getOrDefault(node.id(), -1);
  }

  private static RecurrenceCall.State with(RecurrenceCall.State state, int next) {
    return new RecurrenceCall.State(
        state.name(), state.path(), state.axes(), state.initial(), next, state.span());
  }

  private RecurrenceCall.State group(PositiveRatio ratio) {
    RecurrenceCall.State maximum = ratio.maximum(call);
    Span span = maximum.span();
    int before = to.state(maximum.path(), maximum.axes(), span);
    int decay = ratio.decay().map(copy::copy).orElse(to.literal(0, span));
    int after = to.add(before, decay, span);
    for (int exponent : ratio.exponents()) {
      after = to.pointwise(Function.MAX, span, after, copy.copy(exponent));
    }
    after = constant(after, span);
    // The difference first: of close numbers it is exact.
    int kept = exp(to.add(difference(before, after, span), decay, span), span);
    for (int state : ratio.states()) {
      int sum = to.multiply(kept, state(state), span);
      for (Weighted write : ratio.writes().get(state)) {
        sum = to.add(sum, over(after, write, span), span);
      }
      next.put(state, sum);
    }
    int reference = reference(ratio, before, after, span);
    for (int id : ratio.free().keySet()) {
      Linear readOut = form.readOuts().get(id);
      Span at = call.body().node(id).span();
      int sum = -1;
      for (Term term : readOut.terms()) {
        int own = term.next() ? after : before;
        int value = products.value(ReadSequences.factor(term), at);
        int read = to.multiply(value, read(term, at), at);
        int scale = own == reference ? read : to.multiply(ratioOf(own, reference, at), read, at);
        sum = products.plus(sum, scale, at);
      }
      for (Weighted free : ratio.free().get(id)) {
        sum = products.plus(sum, over(reference, free, at), at);
      }
      readOuts.put(id, sum);
    }
    return with(maximum, after);
  }

  /** What everything that is read at this step is read over: no exponential of it is above 1. */
  private int reference(PositiveRatio ratio, int before, int after, Span span) {
    Set<Integer> exponents = new LinkedHashSet<>();
    for (Map.Entry<Integer, List<Weighted>> free : ratio.free().entrySet()) {
      form.readOuts()
          .get(free.getKey())
          .terms()
          .forEach(term -> exponents.add(term.next() ? after : before));
      free.getValue().forEach(weighted -> exponents.add(copy.copy(weighted.exponent())));
    }
    int largest = -1;
    for (int exponent : exponents) {
      largest = largest < 0 ? exponent : to.pointwise(Function.MAX, span, largest, exponent);
    }
    return exponents.size() == 1 ? largest : constant(largest, span);
  }

  private int read(Term term, Span span) {
    int value = term.next() ? next.get(term.state()) : state(term.state());
    Product vector = term.over().isEmpty() ? Product.ONE : term.inner().times(term.vector());
    return products.contracted(products.value(vector, span), value, term.over(), span);
  }

  private int state(int s) {
    RecurrenceCall.State state = call.states().get(s);
    return to.state(state.path(), state.axes(), state.span());
  }

  private int over(int reference, Weighted weighted, Span span) {
    return to.multiply(
        ratioOf(copy.copy(weighted.exponent()), reference, span),
        products.value(weighted.rest(), span),
        span);
  }

  private int ratioOf(int exponent, int reference, Span span) {
    return exp(difference(exponent, reference, span), span);
  }

  private int difference(int left, int right, Span span) {
    return to.pointwise(Function.SUBTRACT, span, left, right);
  }

  private int exp(int exponent, Span span) {
    return to.pointwise(Function.EXP, span, exponent);
  }

  /** Every result is the same for any number, so derivatives need not know how it came about. */
  private int constant(int value, Span span) {
    return to.pointwise(Function.STOP_GRADIENT, span, value);
  }
}
