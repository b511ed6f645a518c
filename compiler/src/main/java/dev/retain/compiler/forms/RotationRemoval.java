package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Decay;
import dev.retain.compiler.recurrence.Linear;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Moves constant rotations from the state to what is written and to what reads.
 *
 * <p>With R(a) the rotation by a, p the position of the step and S = R(p a) U, the recurrence
 * {@code S' = g R(a) S + W} becomes {@code U' = g U + R(-p a) W}, and reading S along the turned
 * axis with q is reading U with R(-p a) q. Turning a float32 state step by step would lose digits
 * with every step; an angle made in double from the whole position does not, and costs a vector
 * instead of the state.
 */
final class RotationRemoval {
  /** The name of the further input, which no input of a recurrence can have. */
  static final String POSITION = "step.position";

  private final NormalForm form;
  private final RecurrenceCall call;
  private final GraphBuilder to = new GraphBuilder();
  private final Map<Integer, Rotation> rotationByState = new HashMap<>();
  private final GraphCopy copy;
  private final StepProducts products;
  private final int[] next;
  private final int position;

  private RotationRemoval(NormalForm form) throws UnsupportedFormException {
    this.form = form;
    this.call = form.call();
    this.next = new int[call.states().size()];
    Arrays.fill(next, -1);
    this.position = to.input(POSITION, List.of(), Precision.WIDE, call.span());
    for (int s = 0; s < next.length; s++) {
      var decay = form.equations().get(s).decay();
      if (isMoved(decay)) {
        check(s);
        rotationByState.put(s, decay.rotation().get());
      }
    }
    this.copy = new GraphCopy(call.body(), to, this::replace);
    this.products = new StepProducts(to, copy);
  }

  /** The same recurrence with no state turned; a further input is the position of the step. */
  static RecurrenceCall remove(NormalForm form) throws UnsupportedFormException {
    if (form.equations().stream().noneMatch(equation -> isMoved(equation.decay()))) {
      return form.call();
    }
    return new RotationRemoval(form).rewrite();
  }

  /** An angle of each step's own has no multiple: such a state is turned in memory. */
  static boolean isMoved(Decay decay) {
    return decay.rotation().isPresent() && decay.turning() != Role.IN;
  }

  private void check(int s) throws UnsupportedFormException {
    var equation = form.equations().get(s);
    Span span = equation.state().span();
    String name = "`" + equation.state().name() + "`";
    Axis axis = equation.decay().rotation().get().axis();
    BlockCheck.checkCommutes(form, equation, axis);
    if (equation.state().initial() != 0) {
      throw new UnsupportedFormException(
          span, name + " is turned and does not start from 0", "start it from 0");
    }
  }

  private RecurrenceCall rewrite() throws UnsupportedFormException {
    List<RecurrenceCall.State> states = new ArrayList<>();
    for (int s = 0; s < next.length; s++) {
      next(s);
    }
    for (int s = 0; s < next.length; s++) {
      RecurrenceCall.State old = call.states().get(s);
      states.add(
          new RecurrenceCall.State(
              old.name(), old.path(), old.axes(), old.initial(), next[s], old.span()));
    }
    Map<Integer, Integer> readOuts = new HashMap<>();
    for (var readOut : form.readOuts().entrySet()) {
      if (readOut.getValue().terms().stream().anyMatch(this::isTurned)) {
        readOuts.put(readOut.getKey(), readOut(readOut.getKey(), readOut.getValue()));
      }
    }
    GraphCopy output =
        new GraphCopy(
            call.body(),
            to,
            node -> readOuts.containsKey(node.id()) ? readOuts.get(node.id()) : replace(node));
    List<RecurrenceCall.Input> inputs = new ArrayList<>(call.inputs());
    inputs.add(new RecurrenceCall.Input(POSITION, Role.IN, List.of(), call.span()));
    int result = output.copy(call.output());
    return new RecurrenceCall(
        call.name(), call.path(), call.mapped(), inputs, states, to.build(), result, call.span());
  }

  private boolean isRewritten(int s) {
    return rotationByState.containsKey(s)
        || form.equations().get(s).reads().stream().anyMatch(this::isTurned);
  }

  private boolean isTurned(Term term) {
    return rotationByState.containsKey(term.state());
  }

  /** The value of a state after the step; other states' equations may ask for it first. */
  private int next(int s) throws UnsupportedFormException {
    if (next[s] < 0) {
      next[s] = isRewritten(s) ? equation(s) : copy.copy(call.states().get(s).next());
    }
    return next[s];
  }

  /** Values after the step of states that have been rewritten. */
  private int replace(Node node) {
    for (int s = 0; s < next.length; s++) {
      if (next[s] >= 0 && call.states().get(s).next() == node.id()) {
        return next[s];
      }
    }
    return -1;
  }

  private int equation(int s) throws UnsupportedFormException {
    var equation = form.equations().get(s);
    Rotation rotation = rotationByState.get(s);
    int state = to.state(equation.state().path(), equation.state().axes(), equation.state().span());
    Span span = call.body().node(equation.state().next()).span();
    // A state that is not turned itself may turn by angles of each step's own.
    int kept = state;
    if (rotation == null && equation.decay().rotation().isPresent()) {
      Rotation own = equation.decay().rotation().get();
      kept = to.turn(state, copy.copy(own.angle()), own.axis(), own.pair(), span);
    }
    int sum = to.multiply(products.value(equation.decay().factor(), span), kept, span);
    for (Product write : equation.writes()) {
      sum = to.add(sum, written(write, rotation, span), span);
    }
    for (Term read : equation.reads()) {
      int value = to.multiply(written(factor(read), rotation, span), read(read, span), span);
      sum = to.add(sum, value, span);
    }
    return sum;
  }

  private int written(Product product, Rotation rotation, Span span)
      throws UnsupportedFormException {
    return rotation == null
        ? products.value(product, span)
        : turnedProduct(product, rotation, position, span);
  }

  private static Product factor(Term term) {
    return ReadSequences.factor(term);
  }

  private int readOut(int id, Linear linear) throws UnsupportedFormException {
    Span span = call.body().node(id).span();
    int sum = -1;
    for (Term term : linear.terms()) {
      sum = products.plus(sum, term(term, span), span);
    }
    for (Product free : linear.free()) {
      sum = products.plus(sum, products.value(free, span), span);
    }
    return sum;
  }

  private int term(Term term, Span span) throws UnsupportedFormException {
    return to.multiply(products.value(factor(term), span), read(term, span), span);
  }

  /** What a term reads, as the equations speak of it, without the factors of the result. */
  private int read(Term term, Span span) throws UnsupportedFormException {
    var state = call.states().get(term.state());
    int value = term.next() ? next(term.state()) : to.state(state.path(), state.axes(), span);
    Product vector = term.over().isEmpty() ? Product.ONE : term.inner().times(term.vector());
    if (!isTurned(term)) {
      if (term.turn().isPresent()) {
        Rotation own = term.turn().get();
        value = to.turn(value, copy.copy(own.angle()), own.axis(), own.pair(), span);
      }
      return products.contracted(products.value(vector, span), value, term.over(), span);
    }
    if (term.turn().isPresent()) {
      throw new UnsupportedFormException(
          span, "a turned state is turned once more where it is read", "turn the query instead");
    }
    Rotation rotation = rotationByState.get(term.state());
    // The state before the step still stands at the position before it.
    int at =
        term.next()
            ? position
            : to.pointwise(Function.SUBTRACT, span, position, to.literal(1, span));
    if (term.over().contains(rotation.axis())) {
      return products.contracted(
          turnedProduct(vector, rotation, at, span), value, term.over(), span);
    }
    int angle = to.multiply(copy.copy(rotation.angle()), at, span);
    int turned = to.turn(value, angle, rotation.axis(), rotation.pair(), span);
    return products.contracted(products.value(vector, span), turned, term.over(), span);
  }

  /** R(-position * angle) of the product. */
  private int turnedProduct(Product product, Rotation rotation, int at, Span span)
      throws UnsupportedFormException {
    Set<Product.Factor> along =
        product.factors().stream()
            .filter(f -> axes(f).contains(rotation.axis()))
            .collect(Collectors.toSet());
    if (along.isEmpty()) {
      throw new UnsupportedFormException(
          span,
          "a turned state is written or read by a value that lacks the turned axis "
              + rotation.axis().name(),
          "write and read it with vectors along " + rotation.axis().name());
    }
    int turned = -1;
    int rest = to.literal(product.scale(), span);
    for (Product.Factor factor : product.factors()) {
      if (along.contains(factor)) {
        turned =
            turned < 0
                ? products.value(factor, span)
                : to.multiply(turned, products.value(factor, span), span);
      } else {
        rest = to.multiply(rest, products.value(factor, span), span);
      }
    }
    int back = to.pointwise(Function.NEGATE, span, copy.copy(rotation.angle()));
    int angle = to.multiply(back, at, span);
    return to.multiply(to.turn(turned, angle, rotation.axis(), rotation.pair(), span), rest, span);
  }

  private List<Axis> axes(Product.Factor factor) {
    return call.body().node(factor.node()).axes();
  }
}
