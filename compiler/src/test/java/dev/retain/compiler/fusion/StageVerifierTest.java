package dev.retain.compiler.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Coordinate.Along;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StageVerifierTest {
  private static final Axis K = Axis.of("K", 3);
  private static final Axis PAIR = Axis.of("pair", 2);
  private static final Buffer CONSTANT = buffer(0, "gamma", Role.CONSTANT, K);
  private static final Buffer STATE = buffer(1, "s", Role.STATE, K);
  private static final Buffer TABLE = buffer(2, "table", Role.STATIC, K);
  private static final Buffer SUM = buffer(3, "sum", Role.SCRATCH, K);
  private static final Buffer OUTPUT = buffer(4, "output", Role.OUTPUT, K);

  private static final Stage ONCE = copy(TABLE, CONSTANT);
  private static final Stage FIRST = copy(SUM, STATE);
  private static final Stage LAST = copy(OUTPUT, SUM);

  private static Buffer buffer(int id, String name, Role role, Axis... axes) {
    return new Buffer(id, name, role, ElementType.F64, List.of(axes));
  }

  private static Stage copy(Buffer target, Buffer source) {
    return stage(target, new Scalar.Element(source, List.of(new Along(K))));
  }

  private static Stage.OneKernel stage(Buffer target, Scalar value) {
    return new Stage.Pointwise(target, value, ElementType.F64, Span.none());
  }

  private static StageProgram program(List<Stage> once, Stage... stages) {
    return new StageProgram(
        "test", List.of(CONSTANT, STATE, TABLE, SUM, OUTPUT), once, List.of(stages));
  }

  @Test
  void aRightProgramPasses() {
    StageProgram program = program(List.of(ONCE), FIRST, LAST);
    StageVerifier.verify(program);
    assertThat(program.stages()).hasSize(2);
  }

  static Stream<Arguments> wrong() {
    Stage shifted = stage(OUTPUT, new Scalar.Element(SUM, List.of(new Coordinate.Partner(K))));
    Stage halved = stage(OUTPUT, new Scalar.Element(SUM, List.of(new Coordinate.Half(K))));
    Stage elsewhere = stage(OUTPUT, new Scalar.Element(SUM, List.of(new Along(PAIR))));
    return Stream.of(
        Arguments.of(program(List.of(), LAST, FIRST), "reads sum before it is written"),
        Arguments.of(program(List.of(), FIRST, FIRST, LAST), "writes what another stage has"),
        Arguments.of(program(List.of(), FIRST), "output is never written"),
        Arguments.of(program(List.of(), copy(STATE, CONSTANT), LAST), "writes what it is given"),
        Arguments.of(program(List.of(), ONCE, FIRST, LAST), "writes static memory every time"),
        Arguments.of(program(List.of(FIRST), LAST), "which changes"),
        Arguments.of(program(List.of(), FIRST, shifted), "partners along an odd axis"),
        Arguments.of(program(List.of(), FIRST, halved), "pairs of another number"),
        Arguments.of(program(List.of(), FIRST, elsewhere), "lacks pair"));
  }

  static Stream<Arguments> wrongParts() {
    Axis head = Axis.of("head", 4);
    Buffer state = buffer(0, "s", Role.STATE, head, K);
    Buffer sum = buffer(1, "sum", Role.SCRATCH, head, K);
    Buffer output = buffer(2, "output", Role.OUTPUT, head, K);
    Buffer others = buffer(3, "others", Role.OUTPUT, K);
    List<Buffer> buffers = List.of(state, sum, output, others);
    List<Coordinate> own = List.of(new Along(head), new Along(K));
    List<Coordinate> other = List.of(new Coordinate.Partner(head), new Along(K));
    Stage.OneKernel first = stage(sum, new Scalar.Element(state, other));
    return Stream.of(
        Arguments.of(
            ofParts(buffers, head, first, stage(output, new Scalar.Element(sum, other))),
            "the stage of output reads other parts"),
        Arguments.of(
            ofParts(buffers, head, first, stage(others, new Scalar.Literal(1))),
            "the stage of others has other parts"),
        Arguments.of(
            ofParts(buffers, head, first, stage(output, new Scalar.Element(sum, own))),
            "others is never written"));
  }

  private static StageProgram ofParts(
      List<Buffer> buffers, Axis parts, Stage.OneKernel... members) {
    Stage stage = new Stage.Parts(List.of(parts), List.of(members));
    return new StageProgram("test", buffers, List.of(), List.of(stage));
  }

  @ParameterizedTest
  @MethodSource({"wrong", "wrongParts"})
  void wrongProgramsAreRefusedWithTheDump(StageProgram program, String problem) {
    assertThatThrownBy(() -> StageVerifier.verify(program))
        .isInstanceOf(CompilerMistakeException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining("stages of test");
  }
}
