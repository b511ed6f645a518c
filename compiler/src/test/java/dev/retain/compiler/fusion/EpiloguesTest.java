package dev.retain.compiler.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpiloguesTest {
  private static final ElementType REAL = ElementType.F32;
  private static final Axis D = Axis.of("d", 4);
  private static final Axis E = Axis.of("e", 6);

  private static final Buffer X = buffer(0, "x", Role.INPUT, Axis.BATCH, Axis.TIME, D);
  private static final Buffer WEIGHT = buffer(1, "weight", Role.PARAMETER, D, E);
  private static final Buffer MADE = buffer(2, "made", Role.SCRATCH, Axis.BATCH, Axis.TIME, E);
  private static final Buffer OTHER = buffer(3, "other", Role.INPUT, Axis.BATCH, Axis.TIME, E);
  private static final Buffer SCALE = buffer(4, "scale", Role.INPUT, Axis.BATCH, Axis.TIME);
  private static final Buffer OUTPUT = buffer(5, "output", Role.OUTPUT, Axis.BATCH, Axis.TIME, E);
  private static final Buffer SECOND = buffer(6, "second", Role.SCRATCH, Axis.BATCH, Axis.TIME, E);

  private static final Stage.Contract PRODUCT = product(List.of(D), false);
  private static final Stage.Pointwise SUM = pointwise(OUTPUT, add(element(MADE), element(OTHER)));

  private static Buffer buffer(int id, String name, Role role, Axis... axes) {
    return new Buffer(id, name, role, REAL, List.of(axes));
  }

  private static Stage.Contract product(List<Axis> over, boolean adds) {
    return new Stage.Contract(
        MADE, operand(X), operand(WEIGHT), over, Triangle.NONE, adds, Span.none());
  }

  private static Stage.Operand operand(Buffer buffer) {
    return new Stage.Operand(buffer, buffer.axes());
  }

  private static Stage.Pointwise pointwise(Buffer target, Scalar value) {
    return new Stage.Pointwise(target, value, REAL, Span.none());
  }

  private static Scalar element(Buffer buffer) {
    return new Scalar.Element(
        buffer, buffer.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  private static Scalar add(Scalar left, Scalar right) {
    return new Scalar.Apply(Function.ADD, List.of(left, right));
  }

  private static StageProgram program(Stage... stages) {
    return new StageProgram(
        "test", List.of(X, WEIGHT, MADE, OTHER, SCALE, OUTPUT, SECOND), List.of(), List.of(stages));
  }

  private static StageProgram finished(Stage... stages) {
    StageProgram finished = Epilogues.of(program(stages));
    StageVerifier.verify(finished);
    return finished;
  }

  @Test
  void aProductFinishesWhatIsMadeOfItAlone() {
    StageProgram finished = finished(PRODUCT, SUM);

    assertThat(finished.stages()).containsExactly(new Stage.Finished(PRODUCT, SUM));
    assertThat(finished.buffers()).doesNotContain(MADE);
  }

  /** It is made where its reader was, so that all that is read is there. */
  @Test
  void aProductWaitsForWhatElseIsRead() {
    Stage.Pointwise second = pointwise(SECOND, element(OTHER));
    Stage.Pointwise sum = pointwise(OUTPUT, add(element(MADE), element(SECOND)));

    assertThat(finished(PRODUCT, second, sum).stages())
        .containsExactly(second, new Stage.Finished(PRODUCT, sum));
  }

  @Test
  void theFirstOfSomeRowsIsTakenFromThem() {
    Stage.Pointwise later = pointwise(SECOND, add(element(OUTPUT), element(SCALE)));
    Stage.Pointwise last =
        pointwise(
            buffer(7, "last", Role.SCRATCH, Axis.BATCH, Axis.TIME),
            new Scalar.Apply(Function.NEGATE, List.of(element(SCALE))));
    List<Axis> rows = List.of(Axis.BATCH, Axis.TIME);

    assertThat(
            Epilogues.of(program(PRODUCT, new Stage.Rows(rows, List.of(SUM, later, last))))
                .stages())
        .containsExactly(
            new Stage.Finished(PRODUCT, SUM), new Stage.Rows(rows, List.of(later, last)));
  }

  @Test
  void whatIsReadTwiceHasMemory() {
    Stage.Pointwise second = pointwise(SECOND, element(MADE));

    assertThat(finished(PRODUCT, SUM, second).stages()).containsExactly(PRODUCT, SUM, second);
  }

  @Test
  void whatIsReadOtherwiseHasMemory() {
    Stage.Pointwise positions =
        pointwise(OUTPUT, add(element(MADE), new Scalar.Position(Axis.TIME)));
    Stage.Pointwise slow =
        pointwise(OUTPUT, new Scalar.Apply(Function.LOG, List.of(element(MADE))));

    assertThat(finished(PRODUCT, positions).stages()).containsExactly(PRODUCT, positions);
    assertThat(finished(PRODUCT, slow).stages()).containsExactly(PRODUCT, slow);
  }

  /** A matrix in blocks has all of its columns last, in one order. */
  @Test
  void columnsStayLast() {
    Axis head = Axis.of("head", 2);
    Buffer matrix = buffer(7, "matrix", Role.PARAMETER, D, head, E);
    Buffer made = buffer(8, "made", Role.SCRATCH, Axis.BATCH, Axis.TIME, head, E);
    Stage.Contract product =
        new Stage.Contract(
            made, operand(X), operand(matrix), List.of(D), Triangle.NONE, false, Span.none());
    Stage.Pointwise inOrder =
        pointwise(
            buffer(9, "same", Role.SCRATCH, Axis.BATCH, Axis.TIME, head, E),
            add(element(made), element(SCALE)));
    Stage.Pointwise otherwise =
        pointwise(
            buffer(9, "other", Role.SCRATCH, Axis.BATCH, head, Axis.TIME, E),
            add(element(made), element(SCALE)));

    assertThat(Epilogues.of(program(product, inOrder)).stages())
        .containsExactly(new Stage.Finished(product, inOrder));
    assertThat(Epilogues.of(program(product, otherwise)).stages())
        .containsExactly(product, otherwise);
  }

  @Test
  void onlyItsOwnElementIsFinished() {
    Stage.Pointwise other =
        pointwise(
            OUTPUT,
            add(
                element(MADE),
                new Scalar.Element(
                    MADE,
                    List.of(
                        new Coordinate.Along(Axis.BATCH),
                        new Coordinate.Along(Axis.TIME),
                        new Coordinate.Partner(E)))));

    assertThat(finished(PRODUCT, other).stages()).containsExactly(PRODUCT, other);
    assertThatThrownBy(() -> StageVerifier.verify(program(new Stage.Finished(PRODUCT, other))))
        .isInstanceOf(CompilerMistakeException.class)
        .hasMessageContaining("reads other elements of a product that lies nowhere");
  }
}
