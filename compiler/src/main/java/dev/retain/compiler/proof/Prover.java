package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.Function;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides whether a form computes what the steps of a recurrence do.
 *
 * <p>Both are evaluated exactly at random points of finite fields ({@link FiniteField}), from any
 * state at any position, for every length of a block up to a bound. A difference there is a
 * refutation only if real numbers show it, too.
 */
public final class Prover {
  /** The longest block that is compared. */
  public static final int CHUNK = Claim.CHUNK;

  private static final int POINTS = 2;
  private static final long SEED = 20260218;

  private final Claim claim;
  private final Set<Function> hidden = new TreeSet<>();
  private final Set<String> remarks = new LinkedHashSet<>();
  private volatile boolean compared;

  private Prover(Claim claim) {
    this.claim = claim;
  }

  /** The form of a recurrence over axes of the sizes that it has there. */
  @FunctionalInterface
  public interface Forms {
    FormUnderProof of(RecurrenceUse use);
  }

  /**
   * Decides the claim for the same recurrence over axes of several sizes.
   *
   * @param strict whether the form must do so from any state, and be defined wherever the steps
   *     are, even where inputs are 0
   * @param cache the proofs that are known
   */
  public static Verdict prove(
      Iterable<RecurrenceUse> uses, Forms forms, boolean strict, ProofCache cache) {
    Optional<Scope> scope = Optional.empty();
    for (RecurrenceUse use : uses) {
      Claim claim = new Claim(use, forms.of(use), strict);
      switch (cache.verdict(claim, () -> new Prover(claim).prove())) {
        case Verdict.Proved(Scope next) ->
            scope = Optional.of(scope.map(before -> before.and(next)).orElse(next));
        case Verdict.Refuted refuted -> {
          return refuted;
        }
        case Verdict.Undecided undecided -> {
          return undecided;
        }
      }
    }
    return new Verdict.Proved(scope.orElseThrow());
  }

  /**
   * @param strict whether the form must do so from any state, and be defined wherever the steps
   *     are, even where inputs are 0
   */
  public static Verdict prove(RecurrenceUse use, FormUnderProof form, boolean strict) {
    return new Prover(new Claim(use, form, strict)).prove();
  }

  private Verdict prove() {
    boolean fromAnyState = claim.takesStates() && !claim.comparesPosition();
    for (FiniteField.Products products : FiniteField.Products.values()) {
      if (fromAnyState && holds(true, products)) {
        return proved(claim.isOfSteps() ? Scope.Argument.STEPS : Scope.Argument.CHUNKS, products);
      }
    }
    for (FiniteField.Products products : FiniteField.Products.values()) {
      if (!(fromAnyState && claim.strict()) && holds(false, products)) {
        if (fromAnyState) {
          remarks.add("from states that no sequence leads to it differs, or that is undecided");
        } else if (claim.takesStates()) {
          remarks.add("it compares positions, so longer sequences may differ");
        }
        return proved(Scope.Argument.FROM_REST, products);
      }
    }
    Optional<Witness> witness = new Refuter(claim).search();
    if (witness.isPresent()) {
      return new Verdict.Refuted(witness.get());
    }
    return new Verdict.Undecided(
        "the real numbers that were tried show no difference",
        hidden.stream().map(Function::symbol).toList());
  }

  private Verdict proved(Scope.Argument argument, FiniteField.Products products) {
    if (!compared || !isDefined()) {
      return new Verdict.Undecided("it has no values at the points that were tried", List.of());
    }
    DegreeDraw degrees = new DegreeDraw(products);
    int longest = argument == Scope.Argument.FROM_REST ? CHUNK : claim.longest();
    Comparison<Degree> largest =
        claim.comparison(
            false,
            Arrangement.whole(longest),
            List.of(argument == Scope.Argument.FROM_REST ? Start.REST : Start.LATER),
            degrees);
    largest.chunks(longest, claim.longest());
    if (!degrees.isLinear()) {
      remarks.add("exponentials of products are taken as independent");
    }
    return new Verdict.Proved(
        new Scope(
            argument,
            longest,
            claim.form().ragged().isPresent() ? Math.min(Claim.RAGGED, longest) : 0,
            List.of(claim.sizes()),
            POINTS,
            POINTS * degrees.bits(),
            List.copyOf(remarks)));
  }

  /** Whether the steps have any values on real numbers. */
  private boolean isDefined() {
    for (RealDraw.Signs signs : RealDraw.Signs.values()) {
      Comparison<Ball> comparison =
          claim.comparison(
              false,
              Arrangement.whole(1),
              List.of(Start.REST),
              new RealDraw(SEED, signs, FieldDraw.Zeros.NONE, List.of()));
      Optional<Mismatch<Ball>> found = comparison.block(1, 1);
      if (comparison.hasOutput() && found.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** A point, and the sequences that are compared at it. */
  private record Trial(boolean ragged, FieldDraw.Zeros zeros, FieldDraw draw) {}

  private boolean holds(boolean fromAnyState, FiniteField.Products products) {
    List<Trial> trials = new ArrayList<>();
    for (boolean ragged : List.of(false, true)) {
      if (claim.program(ragged).isPresent()) {
        for (FieldDraw.Zeros zeros : FieldDraw.Zeros.values()) {
          // Where something is 0 matters to what is divided and to logarithms: once is enough.
          for (int point = 0; point < (zeros == FieldDraw.Zeros.NONE ? POINTS : 1); point++) {
            trials.add(new Trial(ragged, zeros, new FieldDraw(SEED + point, zeros, products)));
          }
        }
      }
    }
    List<Optional<Mismatch<FieldNumber>>> differences =
        trials.parallelStream()
            .map(trial ->
                fromAnyState
                    ? claim.blocks(
                        trial.ragged(),
                        trial.zeros() != FieldDraw.Zeros.NONE,
                        trial.draw(),
                        this::compared)
                    : claim.sequences(trial.ragged(), trial.draw(), this::compared))
            .toList();
    boolean holds = true;
    for (int i = 0; i < trials.size(); i++) {
      hidden.addAll(trials.get(i).draw().field().hidden());
      if (differences.get(i).isPresent()) {
        boolean matters =
            trials.get(i).zeros() == FieldDraw.Zeros.NONE
                || claim.strict()
                || !differences.get(i).get().actual().isUndefined();
        if (!matters) {
          remarks.add("not where an input is 0");
        }
        holds &= !matters;
      }
    }
    return holds;
  }

  private void compared(boolean anything) {
    if (anything) {
      compared = true;
    }
  }
}
