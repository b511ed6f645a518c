package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
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
                .equivalences())
        .hasSize(2)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "Sum: parallel = recurrent: proved (all lengths, by induction from any"
                            + " state over chunks of 1 to 9 steps; with padding and resets"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "Unused: recurrent = parallel: not proved, since the model does not use"
                            + " it"));
  }

  @Test
  void whatTheModelUsesIsCheckedEvenIfNothingIsSaidOfIt() {
    assertThat(compilation("").equivalences())
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
            use ->
                (form, ragged) ->
                    form == Form.CHUNKWISE
                        ? subtracting(use.derive(form, ragged))
                        : use.derive(form, ragged),
            diagnostics);
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
}
