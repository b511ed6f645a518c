package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks for the shortest sequence of real numbers on which a form is wrong. */
final class Refuter {
  private static final int TRIES = 3;
  private static final List<Fraction> SIMPLE = List.of(Fraction.of(0), Fraction.of(1));
  private static final List<Fraction> DECAYS = List.of(Fraction.of(0), new Fraction(1, 2));
  private static final MathContext SHOWN = new MathContext(17);

  private final Claim claim;

  Refuter(Claim claim) {
    this.claim = claim;
  }

  /**
   * One sequence.
   *
   * @param chunk how long its chunks are
   */
  private record Case(
      boolean ragged, String pattern, Start start, int chunk, FieldDraw.Zeros zeros) {}

  Optional<Witness> search() {
    for (FieldDraw.Zeros zeros : FieldDraw.Zeros.values()) {
      for (Start start : Start.values()) {
        if (start != Start.REST && !claim.takesStates()) {
          continue;
        }
        for (boolean ragged : List.of(false, true)) {
          if (claim.program(ragged).isPresent()) {
            Optional<Witness> found = search(ragged, start, zeros);
            if (found.isPresent()) {
              return found;
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Witness> search(boolean ragged, Start start, FieldDraw.Zeros zeros) {
    for (Arrangement arrangement : claim.arrangements(ragged, Claim.CHUNK)) {
      Comparison<FieldNumber> comparison =
          claim.comparison(
              ragged,
              arrangement,
              List.of(start),
              new FieldDraw(arrangement.steps(), zeros, FiniteField.Products.EXPANDED));
      int failures = 0;
      for (int length = 1; length <= arrangement.steps(); length++) {
        for (int chunk : claim.cuts(length)) {
          Optional<Mismatch<FieldNumber>> found = comparison.chunks(length, chunk);
          if (found.isPresent() && failures < TRIES) {
            String pattern = arrangement.patterns().get(found.get().sequence());
            Optional<Witness> witness =
                confirmed(new Case(ragged, pattern.substring(0, length), start, chunk, zeros));
            if (witness.isPresent()) {
              return witness;
            }
            failures++;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Witness> confirmed(Case sequence) {
    for (int seed = 0; seed < TRIES; seed++) {
      for (RealDraw.Signs signs : RealDraw.Signs.values()) {
        RealDraw draw = new RealDraw(seed, signs, sequence.zeros(), List.of());
        if (differs(sequence, draw).isPresent()) {
          return Optional.of(witness(sequence, seed, signs, simplest(sequence, seed, signs, draw)));
        }
      }
    }
    return Optional.empty();
  }

  private Comparison<Ball> comparison(Case sequence, RealDraw draw) {
    return claim.comparison(
        sequence.ragged(),
        new Arrangement(List.of(sequence.pattern())),
        List.of(sequence.start()),
        draw);
  }

  private Optional<Mismatch<Ball>> differs(Case sequence, RealDraw draw) {
    return comparison(sequence, draw).chunks(sequence.pattern().length(), sequence.chunk());
  }

  /**
   * As many zeros as possible, and ones, while the difference stays. What does not change may be a
   * decay, by which everything else matters: it becomes 0 only if neither value depends on it.
   */
  private List<Fraction> simplest(Case sequence, int seed, RealDraw.Signs signs, RealDraw first) {
    List<Fraction> numbers = new ArrayList<>(first.drawn());
    List<Boolean> unchanging = first.unchanging();
    for (boolean decays : List.of(false, true)) {
      for (Fraction simple : decays ? DECAYS : SIMPLE) {
        for (int i = 0; i < numbers.size(); i++) {
          Fraction before = numbers.get(i);
          if (unchanging.get(i) != decays || before.sign() == 0) {
            continue;
          }
          Mismatch<Ball> now =
              differs(sequence, draw(sequence, seed, signs, numbers)).orElseThrow();
          numbers.set(i, simple);
          Optional<Mismatch<Ball>> then = differs(sequence, draw(sequence, seed, signs, numbers));
          boolean stays =
              then.isPresent()
                  && (now.actual().isUndefined() || !then.get().actual().isUndefined())
                  && (!decays || simple.sign() != 0 || isEqual(now, then.get()));
          if (!stays) {
            numbers.set(i, before);
          }
        }
      }
    }
    return numbers;
  }

  private static boolean isEqual(Mismatch<Ball> one, Mismatch<Ball> other) {
    return one.expected().touches(other.expected())
        && (one.actual().isUndefined()
            ? other.actual().isUndefined()
            : one.actual().touches(other.actual()));
  }

  private static RealDraw draw(
      Case sequence, int seed, RealDraw.Signs signs, List<Fraction> numbers) {
    return new RealDraw(seed, signs, sequence.zeros(), numbers);
  }

  private Witness witness(Case sequence, int seed, RealDraw.Signs signs, List<Fraction> numbers) {
    Comparison<Ball> comparison = comparison(sequence, draw(sequence, seed, signs, numbers));
    int length = sequence.pattern().length();
    Mismatch<Ball> found = comparison.chunks(length, sequence.chunk()).orElseThrow();
    Map<String, String> inputs = inputs(comparison.sequences());
    RecurrenceCall call = claim.use().call();
    List<Axis> axes =
        found
            .state()
            .map(name -> state(call, name).axes())
            .orElse(call.body().node(call.output()).axes());
    boolean undefined = found.actual().isUndefined();
    return new Witness(
        length,
        sequence.chunk(),
        sequence.pattern(),
        sequence.start() == Start.REST,
        found.step(),
        found.state(),
        place(found.element(), axes),
        shown(found.expected()),
        undefined ? "undefined" : shown(found.actual()),
        Math.max(found.expected().radius(), undefined ? 0 : found.actual().radius()),
        inputs,
        names(inputs),
        claim.sizes());
  }

  private static RecurrenceCall.State state(RecurrenceCall call, String name) {
    return call.states().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private static String shown(Ball ball) {
    return ball.value().signum() == 0
        ? "0"
        : ball.value().round(SHOWN).stripTrailingZeros().toString();
  }

  private static List<Integer> place(int element, List<Axis> axes) {
    List<Integer> place = new ArrayList<>();
    int rest = element;
    for (Axis axis : axes.reversed()) {
      place.add(rest % axis.size());
      rest /= axis.size();
    }
    Collections.reverse(place);
    return place;
  }

  /** All numbers that are not 0; of an input of each step, with the step from 1. */
  private Map<String, String> inputs(Sequences<Ball> sequences) {
    Map<String, String> inputs = new LinkedHashMap<>();
    for (RecurrenceCall.Input input : claim.use().call().inputs()) {
      Tensor<Ball> all = sequences.inputs().get(input.name());
      if (input.role() == Role.IN) {
        for (int t = 0; t < sequences.arrangement().steps(); t++) {
          note(input.name() + "[" + (t + 1) + "]", all.at(Axis.BATCH, 0).at(Axis.TIME, t), inputs);
        }
      } else {
        note(input.name(), all, inputs);
      }
    }
    for (FormUnderProof.Kept kept : claim.form().kept()) {
      note(kept.name(), sequences.kept().get(kept.name()).at(Axis.BATCH, 0), inputs);
    }
    Ball made = sequences.made().getFirst();
    if (made.value().signum() != 0) {
      inputs.put("position", shown(made));
    }
    return inputs;
  }

  private static void note(String name, Tensor<Ball> tensor, Map<String, String> inputs) {
    if (tensor.elements().stream().allMatch(ball -> ball.value().signum() == 0)) {
      return;
    }
    List<String> numbers = tensor.elements().stream().map(Refuter::shown).toList();
    inputs.put(
        name,
        tensor.axes().isEmpty() ? numbers.getFirst() : "[" + String.join(", ", numbers) + "]");
  }

  private static List<String> names(Map<String, String> inputs) {
    Set<String> names = new LinkedHashSet<>(inputs.keySet());
    return List.copyOf(names);
  }
}
