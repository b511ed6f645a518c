package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EquivalencesTest {
  private static final String RECURRENCES =
      """
      recurrence Sum {
        axis K
        in x: [K]
        state S: [K] = 0
        S' = S + x
        out S'
      }
      recurrence Unused {
        in x: []
        state S: [] = 0
        S' = 0.5 * S + x
        out S'
      }
      """;
  private static final String MODEL =
      """
      model M(vocab = 4, d = 2, e = 6) {
        param table: [vocab, d] ~ normal(1)
        param U: [d, e] ~ normal(1), W: [e, vocab] ~ normal(1)
        in token: index of vocab
        h = Sum(x = table[token]) @ U
        out Sum(x = h) @ W
      }
      """;

  private static Compilation compilation(String statements) {
    return Compilation.of(new Source("sums.ret", RECURRENCES + statements + MODEL), Map.of());
  }

  @Test
  void aLineForEachStatementThatHolds() {
    assertThat(
            compilation(
                    "equivalence Sum: parallel = recurrent equivalence Unused: recurrent = parallel"
                        + " ")
                .certificate()
                .lines())
        .hasSize(2)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "Sum: parallel = recurrent: proved (all lengths, by induction from any"
                            + " state over chunks of 1 to 9 steps; with padding and resets"),
            line -> assertThat(line).startsWith("Unused: recurrent = parallel: proved ("));
  }

  @Test
  void whatTheModelUsesIsCheckedEvenIfNothingIsSaidOfIt() {
    assertThat(compilation("").certificate().lines())
        .singleElement()
        .asString()
        .startsWith("Sum: recurrent = parallel = chunkwise: proved");
  }

  @Test
  void aFalseStatementIsAnErrorThatSaysWhere() {
    Compilation compilation = compilation("equivalence Sum: recurrent = chunkwise\n");
    Diagnostics diagnostics = new Diagnostics();
    List<String> lines =
        Equivalences.check(
                compilation,
                programs ->
                    (form, ragged) ->
                        form == Form.CHUNKWISE
                            ? subtracting(programs.program(form, ragged))
                            : programs.program(form, ragged),
                ProofCache.none(),
                diagnostics)
            .lines();
    assertThat(lines).containsExactly("Sum: recurrent = chunkwise: false");
    assertThat(diagnostics.list())
        .singleElement()
        .satisfies(diagnostic -> {
          assertThat(diagnostic.code()).isEqualTo(Code.NOT_EQUIVALENT);
          assertThat(diagnostic.span().text()).isEqualTo("equivalence Sum: recurrent = chunkwise");
          assertThat(diagnostic.message())
              .matches(
                  "the chunkwise form of `Sum` is not what its steps compute: the output\\[\\d\\]"
                      + " at step \\d of \\d is -?[0-9.E-]+, and should be -?[0-9.E-]+");
        });
    assertThatThrownBy(diagnostics::throwIfErrors).isInstanceOf(CompileException.class);
  }

  /** With differences for sums. */
  private static TensorProgram subtracting(TensorProgram program) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.graph().nodes()) {
      Operation operation =
          node.operation() instanceof Operation.Pointwise(Function function, var operands)
                  && function == Function.ADD
              ? new Operation.Pointwise(Function.SUBTRACT, operands)
              : node.operation();
      nodes.add(new Node(node.id(), operation, node.axes(), node.precision(), node.span()));
    }
    return new TensorProgram(
        program.name(), new Graph(nodes), program.output(), program.nextStates());
  }

  @Test
  void twoRecurrencesAreOne() {
    String fading =
        """
        recurrence %s {
          axis  %s
          in    k, v, a: [%s]
          state S: [%s] = 0
          S' = %s
          out v * S'
        }
        """;
    String one = fading.formatted("One", "K", "K", "K", "a * S + k");
    String same = fading.formatted("Same", "D", "D", "D", "k - (0 - a) * S");
    String other = fading.formatted("Other", "K", "K", "K", "a * (S + k)");
    assertThat(compilation(one + same + "equivalence One = Same\n").certificate().lines())
        .last()
        .asString()
        .startsWith(
            "One = Same: proved (all lengths, by induction from any state over single steps");
    assertThatThrownBy(() -> compilation(one + other + "equivalence One = Other\n").certificate())
        .isInstanceOf(CompileException.class)
        .hasMessageContaining("`Other` is not the same as `One`: the ");
  }

  @Test
  void whatOneRecurrenceCarriesDifferentlyIsComparedFromRest() {
    String text =
        """
        recurrence Counting {
          in    x: []
          state n: [] = 0
          n' = n + 1
          out x * n'
        }
        recurrence Doubling {
          in    x: []
          state half: [] = 0
          half' = half + 0.5
          out 2 * x * half'
        }
        equivalence Counting = Doubling
        """;
    assertThat(compilation(text).certificate().lines())
        .last()
        .asString()
        .startsWith("Counting = Doubling: proved (lengths 1 to 9 from rest");
  }

  @Test
  void aWrongFormIsNoErrorUnlessSomebodySaysItIsRight() {
    String form =
        """
        form late of Sum { out[n] sum(if m < n then x[m] else 0 over m) }
        """;
    assertThat(compilation(form).certificate().lines())
        .last()
        .asString()
        .startsWith("Sum: late: refuted (the output[1] at step 1 of 1 is 0, and should be 1");
    assertThatThrownBy(
            () -> compilation(form + "equivalence Sum: recurrent = late\n").certificate())
        .isInstanceOf(CompileException.class)
        .hasMessageContaining("the late form of `Sum` is not what its steps compute");
  }

  @Test
  void whatComparesPositionsIsProvedAsFarAsItIsTried() {
    String form =
        """
        form capped of Sum {
          S' = S + (if start + length < 1000 then sum(x[m] over m) else 0 * S)
          out[n] S + sum(if m <= n then x[m] else 0 over m)
        }
        """;
    assertThat(compilation(form).certificate().lines())
        .last()
        .asString()
        .startsWith("Sum: capped: proved (lengths 1 to 9 from rest;")
        .contains("it compares positions");
  }

  @Test
  void whatAFunctionHidesIsTold() {
    String form =
        """
        form rooted of Sum {
          S' = S + sum(x[m] over m)
          out[n] sqrt(exp(x[n]) + 1) ^ 2 * (S + sum(if m <= n then x[m] else 0 over m))
            / (sqrt(exp(x[n]) + 1) * sqrt(1 + exp(x[n])))
        }
        form squared of Sum {
          S' = S + sum(x[m] over m)
          out[n] (S + sum(if m <= n then x[m] else 0 over m)) * (1 + x[n] ^ 2)
            / sqrt(1 + x[n] ^ 2) ^ 2
        }
        """;
    assertThat(compilation(form).certificate().lines().subList(1, 3))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Sum: rooted: proved (all lengths"),
            line ->
                assertThat(line)
                    .startsWith("Sum: squared: undecided (the real numbers that were tried show no")
                    .contains("of sqrt only"));
  }
}
