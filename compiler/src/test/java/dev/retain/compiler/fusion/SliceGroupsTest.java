package dev.retain.compiler.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SliceGroupsTest {
  private static final ElementType REAL = ElementType.F32;
  private static final Axis D = Axis.of("d", 4);
  private static final Axis LONG = Axis.of("vocab", 100);
  private static final Axis[] POSITIONS = {Axis.BATCH, Axis.TIME};

  private static final Buffer X = byPositions(0, "x", Role.INPUT, D);
  private static final Buffer WEIGHT = buffer(1, "weight", Role.PARAMETER, D, LONG);
  private static final Buffer LOGITS = byPositions(2, "logits", Role.SCRATCH, LONG);
  private static final Buffer SHORT = byPositions(3, "short", Role.SCRATCH, D);
  private static final Buffer LOSS = byPositions(4, "loss", Role.OUTPUT);
  private static final Buffer GRADIENT = buffer(5, "weight", Role.GRADIENT, D, LONG);
  private static final Buffer SUM = buffer(6, "sum", Role.SCRATCH, LONG);
  private static final Buffer BIAS = buffer(7, "bias", Role.GRADIENT, LONG);
  private static final Buffer LATER = byPositions(8, "later", Role.SCRATCH, LONG);

  private static final Stage.OneKernel PRODUCT =
      new Stage.Contract(
          LOGITS, operand(X), operand(WEIGHT), List.of(D), Triangle.NONE, false, Span.none());
  private static final Stage.OneKernel LOSSES = sum(LOSS, LOGITS, LONG);
  private static final Stage.OneKernel OTHER = copy(SHORT, X);
  private static final Stage.OneKernel BACK =
      new Stage.Contract(
          GRADIENT,
          operand(X),
          operand(LOGITS),
          List.of(POSITIONS),
          Triangle.NONE,
          true,
          Span.none());
  private static final Stage.OneKernel BIASES = sum(SUM, LOGITS, POSITIONS);
  private static final Stage.OneKernel BIAS_BACK =
      new Stage.Pointwise(
          BIAS,
          new Scalar.Apply(Function.ADD, List.of(element(BIAS), element(SUM))),
          REAL,
          Span.none());

  private static Buffer byPositions(int id, String name, Role role, Axis... axes) {
    List<Axis> all = new ArrayList<>(List.of(POSITIONS));
    all.addAll(List.of(axes));
    return new Buffer(id, name, role, REAL, all);
  }

  private static Buffer buffer(int id, String name, Role role, Axis... axes) {
    return new Buffer(id, name, role, REAL, List.of(axes));
  }

  private static Stage.Operand operand(Buffer buffer) {
    return new Stage.Operand(buffer, buffer.axes());
  }

  private static Scalar element(Buffer buffer) {
    return new Scalar.Element(
        buffer, buffer.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  private static Stage.OneKernel sum(Buffer target, Buffer source, Axis... over) {
    return new Stage.Reduce(
        target, Reduction.SUM, element(source), List.of(over), REAL, Span.none());
  }

  private static Stage.OneKernel copy(Buffer target, Buffer source) {
    return new Stage.Pointwise(target, element(source), REAL, Span.none());
  }

  private static StageProgram program(Stage... stages) {
    return new StageProgram(
        "test",
        List.of(X, WEIGHT, LOGITS, SHORT, LOSS, GRADIENT, SUM, BIAS, LATER),
        List.of(),
        List.of(stages));
  }

  private static StageProgram grouped(Stage... stages) {
    StageProgram grouped = SliceGroups.of(program(stages), 100, 1000, 4);
    StageVerifier.verify(grouped);
    return grouped;
  }

  /** What comes in between goes before them, or behind them if it needs them. */
  @Test
  void stagesOfLongRowsAreOne() {
    Stage.OneKernel after =
        new Stage.Pointwise(
            byPositions(3, "short", Role.SCRATCH, D), element(LOSS), REAL, Span.none());
    assertThat(grouped(PRODUCT, OTHER, LOSSES, BACK).stages())
        .containsExactly(OTHER, new Stage.Slices(8, List.of(PRODUCT, LOSSES, BACK)));
    assertThat(grouped(PRODUCT, LOSSES, after, BACK).stages())
        .containsExactly(new Stage.Slices(8, List.of(PRODUCT, LOSSES, BACK)), after);
  }

  @Test
  void sumsOfASliceAreAddedUp() {
    assertThat(grouped(PRODUCT, LOSSES, BIASES, BIAS_BACK).stages())
        .containsExactly(new Stage.Slices(8, List.of(PRODUCT, LOSSES, BIASES, BIAS_BACK)));
  }

  @Test
  void shortRowsAreTakenAtOnce() {
    StageProgram program = program(PRODUCT, LOSSES);
    assertThat(SliceGroups.of(program, 101, 1000, 4)).isEqualTo(program);
  }

  /** Then there is memory for all positions. */
  @Test
  void whatGoesAlongTheStepsHasNoSlices() {
    Stage scan = new Stage.Scan(LATER, element(LOGITS), Direction.FORWARD, Span.none());
    assertThat(grouped(PRODUCT, LOSSES, scan).stages()).containsExactly(PRODUCT, LOSSES, scan);
    Stage used = copy(buffer(9, "bias", Role.GRADIENT, LONG), SUM);
    StageProgram other = program(PRODUCT, LOSSES, BIASES, used);
    assertThat(SliceGroups.of(other, 100, 1000, 4)).isEqualTo(other);
  }

  @Test
  void wrongSlicesAreRefused() {
    Stage.OneKernel scan = new Stage.Scan(LATER, element(LOGITS), Direction.FORWARD, Span.none());
    assertThatThrownBy(() ->
            StageVerifier.verify(program(new Stage.Slices(8, List.of(PRODUCT, LOSSES, scan)))))
        .isInstanceOf(CompilerMistakeException.class)
        .hasMessageContaining("the stage of later has no slices");
    Stage.OneKernel used = new Stage.Pointwise(LATER, element(SUM), REAL, Span.none());
    assertThatThrownBy(() ->
            StageVerifier.verify(
                program(new Stage.Slices(8, List.of(PRODUCT, LOSSES, BIASES, used)))))
        .isInstanceOf(CompilerMistakeException.class)
        .hasMessageContaining("a sum of a slice is used as if it were that of all positions");
  }
}
