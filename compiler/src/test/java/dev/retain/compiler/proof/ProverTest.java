package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.program.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProverTest {
  private static Verdict prove(RecurrenceUse use, Form form) {
    return Prover.prove(use, DerivedForm.of(use, form), true);
  }

  /** With one of its two programs replaced. */
  private static Verdict prove(
      RecurrenceUse use, Form form, boolean wrongRagged, TensorProgram wrong) {
    return Prover.prove(
        use,
        DerivedForm.of(
            use, form, (f, ragged) -> ragged == wrongRagged ? wrong : use.derive(f, ragged)),
        true);
  }

  @ParameterizedTest
  @EnumSource
  void rightFormsAreProved(Form form) {
    assertThat(prove(Claims.turning(), form))
        .isInstanceOfSatisfying(
            Verdict.Proved.class,
            proved -> {
              Scope scope = proved.scope();
              assertThat(scope.argument())
                  .isEqualTo(form == Form.RECURRENT ? Scope.Argument.STEPS : Scope.Argument.CHUNKS);
              assertThat(scope.bits()).isBetween(60, 180);
              assertThat(scope.remarks()).isEmpty();
              assertThat(scope.dimensions())
                  .containsExactly(Map.of("head", 2, "K", 4, "V", 3, "pair", 2));
            });
  }

  @Test
  void equalUsesAreEqualWhateverTheirSizesAndPlaces() {
    String path = "compiler/src/test/resources/golden/turning.ret";
    Compilation wide =
        Compilation.of(RetFiles.root().resolve(path), Map.of("d", "64", "heads", "4"));
    RecurrenceUse small = Claims.turning();
    assertThat(Claims.use(wide).call().body()).hasToString(small.call().body().toString());
    assertThat(small.call().states().getFirst().axes()).hasToString("[head:2, K:4, V:3]");
  }

  /** One node of the program computes something else. */
  private static TensorProgram broken(TensorProgram program, int id, Operation operation) {
    List<Node> nodes = new ArrayList<>(program.graph().nodes());
    Node old = nodes.get(id);
    nodes.set(id, new Node(id, operation, old.axes(), old.precision(), old.span()));
    return new TensorProgram(
        program.name(), new Graph(nodes), program.output(), program.nextStates());
  }

  private static Optional<Function> otherThan(Function function) {
    return Optional.ofNullable(
        switch (function) {
          case ADD -> Function.SUBTRACT;
          case SUBTRACT -> Function.ADD;
          case MULTIPLY -> Function.DIVIDE;
          case DIVIDE -> Function.MULTIPLY;
          case LESS_OR_EQUAL -> Function.LESS;
          case EQUAL -> Function.LESS;
          case POWER -> Function.MULTIPLY;
          case SQRT -> Function.ABS;
          default -> null;
        });
  }

  /** Wherever a form computes one thing for another, somewhere a result differs. */
  @ParameterizedTest
  @CsvSource({
    "RECURRENT, false",
    "RECURRENT, true",
    "PARALLEL, false",
    "PARALLEL, true",
    "CHUNKWISE, false",
    "CHUNKWISE, true"
  })
  void everyWrongOperationIsFound(Form wrong, boolean wrongRagged) {
    RecurrenceUse use = Claims.turning();
    TensorProgram right = use.derive(wrong, wrongRagged);
    int found = 0;
    for (Node node : right.graph().nodes()) {
      if (node.operation() instanceof Operation.Pointwise(Function function, var operands)
          && otherThan(function).isPresent()) {
        TensorProgram broken =
            broken(right, node.id(), new Operation.Pointwise(otherThan(function).get(), operands));
        assertThat(prove(use, wrong, wrongRagged, broken))
            .as("%%%d = %s", node.id(), node.operation())
            .isInstanceOfSatisfying(
                Verdict.Refuted.class,
                refuted ->
                    assertThat(refuted.witness().pattern())
                        .matches(wrongRagged ? "[.rR-]+" : "[.]+"));
        found++;
      }
    }
    assertThat(found).isGreaterThan(5);
  }

  /** MATH.md 1.2: exponents of the whole chunk on a short one leave the outputs right. */
  @Test
  void theFullLengthOfAShortChunkIsFoundInTheState() {
    RecurrenceUse use = Claims.turning();
    TensorProgram right = use.derive(Form.CHUNKWISE, false);
    int end =
        right.graph().nodes().stream()
            .filter(node ->
                node.operation() instanceof Operation.Reduce(var r, int o, var over)
                    && node.axes().isEmpty())
            .findFirst()
            .orElseThrow()
            .id();
    TensorProgram full = broken(right, end, new Operation.Literal(4));
    assertThat(prove(use, Form.CHUNKWISE, false, full))
        .isInstanceOfSatisfying(
            Verdict.Refuted.class, refuted -> assertThat(refuted.witness().state()).isPresent());
  }

  @Test
  void whatIsNowhereDefinedIsNotCalledProved() {
    RecurrenceUse use =
        Claims.use(
            Compilation.of(
                new Source(
                    "roots.ret",
                    """
                    recurrence Roots {
                      axis K
                      in x: [K]
                      state S: [K] = 0
                      S' = S + x
                      out sqrt(0 - 1 - x * x) * S'
                    }
                    model M(vocab = 4, d = 2) {
                      param table: [vocab, d] ~ normal(1)
                      param W: [d, vocab] ~ normal(1)
                      in token: index of vocab
                      out Roots(x = table[token]) @ W
                    }
                    """),
                Map.of()));
    assertThat(prove(use, Form.CHUNKWISE)).isInstanceOf(Verdict.Undecided.class);
  }
}
