package dev.retain.compiler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import dev.retain.compiler.diagnostics.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GraphVerifierTest {
  private static final Axis K = Axis.of("K", 4);
  private static final Axis PAIR = Axis.of("pair", 2);
  private static final Axis V = Axis.of("V", 4);

  /** %0: [batch, K], %1: [K, V], %2: [pair] wide, and what is asked for. */
  private static TensorProgram program(Operation operation, Precision precision, Axis... axes) {
    List<Node> nodes =
        new ArrayList<>(
            List.of(
                node(0, new Operation.State("s"), Precision.REAL, Axis.BATCH, K),
                node(1, new Operation.Parameter("w"), Precision.REAL, K, V),
                node(2, new Operation.Constant("angle"), Precision.WIDE, PAIR),
                node(3, operation, precision, axes)));
    return new TensorProgram("test", new Graph(nodes), 3, Map.of("s", 0));
  }

  private static Node node(int id, Operation operation, Precision precision, Axis... axes) {
    return new Node(id, operation, Arrays.asList(axes), precision, Span.none());
  }

  private static Operation contract() {
    return new Operation.Contract(0, 1, List.of(K));
  }

  static Stream<Arguments> right() {
    return Stream.of(
        Arguments.of(program(contract(), Precision.REAL, Axis.BATCH, V)),
        Arguments.of(program(new Operation.Turn(0, 2, K, PAIR), Precision.REAL, Axis.BATCH, K)),
        Arguments.of(
            program(
                new Operation.Rename(1, V, Axis.of("U", 4)), Precision.REAL, K, Axis.of("U", 4))));
  }

  @ParameterizedTest
  @MethodSource("right")
  void rightProgramsPass(TensorProgram program) {
    GraphVerifier.verify(program);
    assertThat(program.graph().nodes()).hasSize(4);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(program(contract(), Precision.REAL, Axis.BATCH), "should have the axes"),
        Arguments.of(program(contract(), Precision.WIDE, Axis.BATCH, V), "should be REAL"),
        Arguments.of(
            program(contract(), Precision.REAL, V, Axis.BATCH), "does not have the batch in front"),
        Arguments.of(
            program(new Operation.Contract(0, 1, List.of(V)), Precision.REAL, Axis.BATCH, K),
            "sums over an axis that one side lacks"),
        Arguments.of(
            program(new Operation.Reduce(Reduction.SUM, 0, List.of(V)), Precision.REAL, K),
            "reduces an axis"),
        Arguments.of(
            program(new Operation.Turn(0, 1, K, V), Precision.REAL, Axis.BATCH, K),
            "not twice the pairs"),
        Arguments.of(
            program(new Operation.Gather(1, K, 0), Precision.REAL, Axis.BATCH, K, V),
            "no whole number"),
        Arguments.of(program(new Operation.Rename(1, V, K), Precision.REAL, K), "is there already"),
        Arguments.of(
            program(new Operation.Rename(1, V, PAIR), Precision.REAL, K, PAIR), "another size"),
        Arguments.of(
            program(
                new Operation.Pointwise(Function.ADD, List.of(0, 2)),
                Precision.REAL,
                Axis.BATCH,
                K),
            "should have the axes"),
        Arguments.of(program(new Operation.Literal(1), Precision.REAL), "should be WIDE"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongNodesAreNamedWithTheDump(TensorProgram program, String problem) {
    assertThatThrownBy(() -> GraphVerifier.verify(program))
        .isInstanceOf(CompilerMistakeException.class)
        .hasMessageContaining("%3 ")
        .hasMessageContaining(problem)
        .hasMessageContaining("%1: [K:4, V:4] = param w");
  }

  @Test
  void noTwoDropoutsDrawAlike() {
    List<Node> nodes =
        List.of(
            node(0, new Operation.Parameter("w"), Precision.REAL, K),
            node(1, new Operation.Dropout(0, 0.1, 5), Precision.REAL, K),
            node(2, new Operation.Dropout(1, 0.1, 5), Precision.REAL, K));
    assertThatThrownBy(
            () -> GraphVerifier.verify(new TensorProgram("t", new Graph(nodes), 2, Map.of())))
        .hasMessageContaining("%2 draws what another dropout draws");
  }

  @Test
  void aStateNeedsAValueAfterTheBlockOfItsOwnShape() {
    TensorProgram program = program(contract(), Precision.REAL, Axis.BATCH, V);
    assertThatThrownBy(
            () -> GraphVerifier.verify(new TensorProgram("t", program.graph(), 3, Map.of())))
        .hasMessageContaining("s has no value after the block");
    assertThatThrownBy(
            () -> GraphVerifier.verify(new TensorProgram("t", program.graph(), 3, Map.of("s", 3))))
        .hasMessageContaining("s has other axes after the block than before");
  }
}
