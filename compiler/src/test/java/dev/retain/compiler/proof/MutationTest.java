package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every slip in a derived program is refuted, unless it changes nothing: then float64 finds no
 * difference, either.
 */
class MutationTest {
  private static final String FILE =
      """
      recurrence R {
        axis  K, V, pair = K / 2
        const g: [], t: [pair]
        in    q, k, w, u: [K], v: [V], a, b: []
        state %s
        %s
        out %s
      }
      model M(vocab = 8, d = 4, value = 3) {
        axis K = d, V = value, pair = K / 2
        param table: [vocab, K] ~ normal(1), values: [vocab, V] ~ normal(1)
        param numbers: [vocab] ~ normal(1), W: [V, vocab] ~ normal(1)
        const g: [] = 0.5, t[j: pair] = j
        in token: index of vocab
        i = table[token]
        v = values[token]
        n = numbers[token]
        out (R(g, t, i, i, i, i, v, n, n) + 0 * v) @ W
      }
      """;

  @ParameterizedTest(name = "{0} {4} {5}")
  @CsvSource(
      delimiter = ';',
      value = {
        "constant, turned; S: [K, V] = 0, z: [] = 0;"
            + " S' = g * turn(S, -t over K) + k * v z' = g * z + 1;"
            + " (q @ S') / sqrt(z'); CHUNKWISE; false",
        "constant; S: [K, V] = 0; S' = g * S + k * v; q @ S; CHUNKWISE; true",
        "scalar; S: [K, V] = 0; S' = a * S + k * v; q @ S'; CHUNKWISE; false",
        "diagonal; S: [K, V] = 0; S' = exp(w) * S + k * v; q @ S' + u @ S; PARALLEL; false",
        "delta rule; S: [K, V] = 0; S' = a * S + b * k * (v - k @ (a * S)); q @ S';"
            + " CHUNKWISE; false",
        "two micro-steps; S: [K, V] = 0;"
            + " A = S - k * (k @ S) + k * v S' = a * A - u * (u @ A); q @ S'; CHUNKWISE; false",
        "two states; S: [K, V] = 0, P: [K, V] = 0; P' = a * P + k * v S' = b * S + P';"
            + " q @ S'; CHUNKWISE; false",
        "a step; S: [K, V] = 0.5; S' = w * S + u * (k @ S) + k * v; q @ S'; RECURRENT; true",
      })
  void everySlipIsFound(
      String name, String states, String step, String out, Form form, boolean ragged) {
    RecurrenceUse use =
        Claims.use(
            Compilation.of(new Source(name + ".ret", FILE.formatted(states, step, out)), Map.of()));
    Map<String, TensorProgram> mutants = Mutants.of(use.derive(form, ragged));
    int refuted = 0;
    for (Map.Entry<String, TensorProgram> mutant : mutants.entrySet()) {
      FormUnderProof wrong =
          DerivedForm.of(use, form, (f, r) -> r == ragged ? mutant.getValue() : use.derive(f, r));
      Verdict verdict = Prover.prove(use, wrong, true);
      Optional<Mismatch<Double>> difference = difference(new Claim(use, wrong, true), ragged);
      if (difference.isPresent()) {
        assertThat(verdict)
            .as("%s: %s, though %s", name, mutant.getKey(), difference)
            .isInstanceOf(Verdict.Refuted.class);
        refuted++;
      } else {
        assertThat(verdict).as("%s: %s", name, mutant.getKey()).isInstanceOf(Verdict.Proved.class);
      }
    }
    // What changes nothing is the exception.
    assertThat(mutants).hasSizeGreaterThan(15);
    assertThat(refuted).isGreaterThan(mutants.size() * 3 / 4);
  }

  private static Optional<Mismatch<Double>> difference(Claim claim, boolean ragged) {
    for (FieldDraw.Zeros zeros : FieldDraw.Zeros.values()) {
      Optional<Mismatch<Double>> found =
          claim.blocks(ragged, false, new Doubles(zeros), anything -> {});
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** An oracle of its own: float64 and a tolerance. */
  private static final class Doubles implements Draw<Double> {
    private static final double TOLERANCE = 1e-9;
    private final Random random = new Random(3);
    private final FieldDraw.Zeros zeros;
    private int inputs;

    Doubles(FieldDraw.Zeros zeros) {
      this.zeros = zeros;
    }

    @Override
    public Algebra<Double> algebra() {
      return RealNumbers.INSTANCE;
    }

    @Override
    public Double input(RecurrenceCall.Input input) {
      return zeros.isZero(input.role(), inputs++) ? 0 : state();
    }

    @Override
    public Double state() {
      return 0.2 + random.nextDouble();
    }

    @Override
    public Double position() {
      return 1.0 + random.nextInt(9);
    }

    @Override
    public int row(int rows) {
      return random.nextInt(rows);
    }

    @Override
    public boolean same(Double left, Double right) {
      return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left));
    }

    @Override
    public boolean isUndefined(Double number) {
      return number.isNaN();
    }
  }
}
