package dev.retain.compiler.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageChoiceTest {
  private static final String RECURRENCE =
      """
      recurrence Sum {
        axis  K
        param w: [K]
        in    x: [K]
        state S: [K] = 0
        S' = 0.5 * S + w * x
        out S'
      }
      """;

  private static Map<String, Storage> chosen(String layer) {
    Model model = Compilation.of(new Source("m.ret", RECURRENCE + layer), Map.of()).model();
    return StorageChoice.of(model.step(), model.output(), ElementType.I8);
  }

  /**
   * A matrix, its bias, a gain, a matrix that is squared first, and one that a recurrence reads.
   */
  @Test
  void matricesOfProductsAreStoredSmall() {
    assertThat(
            chosen(
                """
                model M(vocab = 4, d = 3, n = 2) {
                  axis head = n, K = d, d2 = d
                  param table: [vocab, d] ~ normal(1), W: [d, head, K] ~ normal(1)
                  param U: [head, K, d] ~ normal(1), squared: [d, d2] ~ normal(1)
                  param last: [d2, vocab] ~ normal(1)
                  param gain: [d] ~ normal(1), bias: [d] ~ normal(1), decays: [head, K] ~ normal(1)
                  in token: index of vocab
                  x = table[token]
                  h = Sum(decays, x = (gain * x) @ W)
                  y = h @ U + bias
                  z = y @ (squared * squared)
                  out z @ last
                }
                """))
        .isEqualTo(
            Map.of(
                "table", new Storage.Int8(List.of(0), 0),
                "W", new Storage.Int8(List.of(1, 2), 0),
                "U", new Storage.Int8(List.of(2), 0),
                "last", new Storage.Int8(List.of(1), 0)));
  }

  /** A table that rows are looked up in and that logits are made by has a scale for each row. */
  @Test
  void tiedTablesHaveOneScaleForBothUses() {
    assertThat(
            chosen(
                """
                model M(vocab = 4, d = 3) {
                  param table: [vocab, d] ~ normal(1), decays: [d] ~ normal(1)
                  in token: index of vocab
                  out Sum(decays, x = table[token]) @ table
                }
                """))
        .isEqualTo(Map.of("table", new Storage.Int8(List.of(0), 0)));
  }
}
