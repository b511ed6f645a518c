package dev.retain.compiler.recurrence;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.PositiveRatio.Weighted;
import dev.retain.compiler.recurrence.Product.Factor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Looks for groups of states of which only ratios are read. */
final class RatioFinder {
  // Every set of states is tried, from the smallest.
  private static final int MOST_STATES = 10;

  private final NormalForm form;
  private final GraphBuilder body;
  private final Products products;

  RatioFinder(NormalForm form) {
    this.form = form;
    this.body = GraphBuilder.extending(form.call().body());
    this.products = new Products(body);
  }

  /** The recurrence, its body with what the groups have got besides. */
  NormalForm form() {
    return new NormalForm(form.call().withBody(body.build()), form.equations(), form.readOuts());
  }

  List<PositiveRatio> groups() {
    List<Integer> open =
        new ArrayList<>(
            IntStream.range(0, form.equations().size()).filter(this::isCandidate).boxed().toList());
    List<PositiveRatio> groups = new ArrayList<>();
    if (open.size() > MOST_STATES) {
      return groups;
    }
    for (int size = 1; size <= open.size(); size++) {
      for (List<Integer> states : subsets(open, size)) {
        if (open.containsAll(states)) {
          group(states)
              .ifPresent(group -> {
                groups.add(group);
                open.removeAll(group.states());
              });
        }
      }
    }
    return groups;
  }

  private static List<List<Integer>> subsets(List<Integer> states, int size) {
    List<List<Integer>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << states.size(); bits++) {
      if (Integer.bitCount(bits) == size) {
        int chosen = bits;
        subsets.add(
            IntStream.range(0, states.size())
                .filter(i -> (chosen >> i & 1) != 0)
                .mapToObj(states::get)
                .toList());
      }
    }
    return subsets;
  }

  /** From 0, by exponentials alone, and read by nothing but the output. */
  private boolean isCandidate(int state) {
    NormalForm.Equation equation = form.equations().get(state);
    Decay decay = equation.decay();
    return equation.state().initial() == 0
        && equation.reads().isEmpty()
        && decay.shape() != Decay.Shape.ZERO
        && decay.rotation().isEmpty()
        && decay.factor().scale() == 1
        && decay.factor().factors().stream().allMatch(this::isExponential)
        && !equation.writes().isEmpty()
        && equation.writes().stream()
            .allMatch(write -> write.factors().stream().anyMatch(this::isExponential))
        && form.equations().stream()
            .flatMap(other -> other.reads().stream())
            .noneMatch(read -> read.state() == state)
        && terms().anyMatch(term -> term.state() == state)
        && terms().noneMatch(term -> term.state() == state && term.turn().isPresent());
  }

  private Stream<Term> terms() {
    return form.readOuts().values().stream().flatMap(linear -> linear.terms().stream());
  }

  private boolean isExponential(Factor factor) {
    return body.node(factor.node()).operation()
            instanceof Operation.Pointwise(Function function, var operands)
        && function == Function.EXP;
  }

  private Optional<PositiveRatio> group(List<Integer> states) {
    Product decay = form.equations().get(states.getFirst()).decay().factor();
    Set<Integer> readOuts = new LinkedHashSet<>();
    for (Map.Entry<Integer, Linear> entry : form.readOuts().entrySet()) {
      List<Integer> read = entry.getValue().terms().stream().map(Term::state).toList();
      if (read.stream().anyMatch(states::contains)) {
        if (!states.containsAll(read)) {
          return Optional.empty();
        }
        readOuts.add(entry.getKey());
      }
    }
    List<Axis> axes = axes(states, readOuts, decay);
    boolean sameDecay =
        states.stream()
            .allMatch(state -> form.equations().get(state).decay().factor().equals(decay));
    boolean decayFits =
        decay.factors().stream().allMatch(f -> axes.containsAll(body.axes(f.node())));
    if (!sameDecay || !decayFits || !isRatio(readOuts, axes)) {
      return Optional.empty();
    }
    Map<Integer, List<Weighted>> writes = new HashMap<>();
    for (int state : states) {
      NormalForm.Equation equation = form.equations().get(state);
      writes.put(state, weighted(equation.writes(), axes, equation.state().span()));
    }
    SortedMap<Integer, List<Weighted>> free = new TreeMap<>();
    for (int readOut : readOuts) {
      Span span = body.node(readOut).span();
      free.put(readOut, weighted(form.readOuts().get(readOut).free(), axes, span));
    }
    Span span = form.equations().get(states.getFirst()).state().span();
    Optional<Integer> logarithm =
        decay.factors().isEmpty() ? Optional.empty() : Optional.of(exponent(decay.factors(), span));
    return Optional.of(new PositiveRatio(states, axes, logarithm, writes, free));
  }

  private boolean isRatio(Set<Integer> readOuts, List<Axis> axes) {
    return new Homogeneity(form.call().body(), readOuts, axes).isOfDegreeZero(form.call().output());
  }

  /**
   * The maximum has one value for all that one read-out sums over, and no axis along which no
   * exponent differs.
   */
  private List<Axis> axes(List<Integer> states, Set<Integer> readOuts, Product decay) {
    Set<Axis> differing = new LinkedHashSet<>();
    decay.factors().forEach(factor -> differing.addAll(body.axes(factor.node())));
    for (int state : states) {
      for (Product write : form.equations().get(state).writes()) {
        write.factors().stream()
            .filter(this::isExponential)
            .forEach(factor -> differing.addAll(body.axes(factor.node())));
      }
    }
    List<Axis> axes =
        new ArrayList<>(form.ownAxes(form.equations().get(states.getFirst()).state()));
    axes.retainAll(differing);
    states.forEach(state -> axes.retainAll(form.equations().get(state).state().axes()));
    readOuts.forEach(
        id -> form.readOuts().get(id).terms().forEach(term -> axes.removeAll(term.over())));
    List<Axis> all = new ArrayList<>(form.call().mapped());
    all.addAll(axes);
    return all;
  }

  private List<Weighted> weighted(List<Product> sum, List<Axis> axes, Span span) {
    return sum.stream().map(product -> weighted(product, axes, span)).toList();
  }

  /** Along axes that the maximum lacks the largest exponent is taken out, and the rest stays. */
  private Weighted weighted(Product product, List<Axis> axes, Span span) {
    List<Factor> exponentials = product.factors().stream().filter(this::isExponential).toList();
    Product rest =
        new Product(
            product.scale(), product.factors().stream().filter(f -> !isExponential(f)).toList());
    int exponent = exponent(exponentials, span);
    List<Axis> others = body.axes(exponent).stream().filter(axis -> !axes.contains(axis)).toList();
    if (others.isEmpty()) {
      return new Weighted(exponent, rest);
    }
    int largest =
        body.pointwise(
            Function.STOP_GRADIENT, span, body.reduce(Reduction.MAXIMUM, exponent, others, span));
    int below = body.pointwise(Function.SUBTRACT, span, exponent, largest);
    return new Weighted(largest, rest.times(body.pointwise(Function.EXP, span, below), false));
  }

  /** The logarithm of a product of exponentials. */
  private int exponent(List<Factor> exponentials, Span span) {
    int sum = body.literal(0, span);
    for (Factor factor : exponentials) {
      int exponent = body.node(factor.node()).operation().operands().getFirst();
      sum =
          factor.inverse()
              ? body.pointwise(Function.SUBTRACT, span, sum, exponent)
              : body.add(sum, exponent, span);
    }
    return sum;
  }
}
