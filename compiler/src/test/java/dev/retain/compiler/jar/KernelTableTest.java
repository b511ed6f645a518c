package dev.retain.compiler.jar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Tilings;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Width;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTableTest {
  private static final Axis CHANNEL = Axis.of("channel", 48);

  private final KernelTable kernels = table();

  private static KernelTable table() {
    return new KernelTable("Test", ElementType.F32, Arrays.asList(Width.values()), Tilings.USUAL);
  }

  private static Buffer buffer(int id, Axis axis) {
    return new Buffer(id, "buffer" + id, Role.SCRATCH, ElementType.F32, List.of(Axis.BATCH, axis));
  }

  private static Buffer buffer(int id) {
    return buffer(id, CHANNEL);
  }

  private static Scalar element(Buffer buffer) {
    return new Scalar.Element(
        buffer, buffer.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  private static Scalar apply(Function function, Scalar... operands) {
    return new Scalar.Apply(function, List.of(operands));
  }

  private static Stage.OneKernel pointwise(Buffer target, Scalar value) {
    return new Stage.Pointwise(target, value, ElementType.F32, Span.none());
  }

  private static Stage.OneKernel sum(Buffer target, Buffer left, Buffer right) {
    return pointwise(target, apply(Function.ADD, element(left), element(right)));
  }

  @Test
  void stagesThatDifferInTheirBuffersAloneShareAKernel() {
    KernelTable.Use first = kernels.use(sum(buffer(0), buffer(1), buffer(2)), List.of(), false);
    KernelTable.Use second = kernels.use(sum(buffer(7), buffer(3), buffer(5)), List.of(), false);

    assertThat(second.kernelClass()).isEqualTo(first.kernelClass());
    assertThat(first.buffers()).containsExactly(buffer(0), buffer(1), buffer(2));
    assertThat(second.buffers()).containsExactly(buffer(7), buffer(3), buffer(5));
    assertThat(kernels.kernels(Width.W512)).hasSize(1);
  }

  @Test
  void stagesThatDifferInMoreDoNot() {
    Axis longer = Axis.of("channel", 49);
    Scalar square = apply(Function.MULTIPLY, element(buffer(1)), element(buffer(1)));
    Scalar again = apply(Function.MULTIPLY, element(buffer(1)), element(buffer(1)));
    List<Stage.OneKernel> stages =
        List.of(
            sum(buffer(0), buffer(1), buffer(2)),
            sum(buffer(0), buffer(1), buffer(1)),
            sum(buffer(0, longer), buffer(1, longer), buffer(2, longer)),
            pointwise(buffer(0), apply(Function.SUBTRACT, element(buffer(1)), element(buffer(2)))),
            pointwise(buffer(0), apply(Function.ADD, square, square)),
            pointwise(buffer(0), apply(Function.ADD, square, again)));

    assertThat(stages.stream().map(stage -> kernels.use(stage, List.of(), false).kernelClass()))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyWidthHasTheSameClassesAndTheSameBytesEachTime() {
    KernelTable other = table();
    for (KernelTable table : List.of(kernels, other)) {
      table.use(sum(buffer(0), buffer(1), buffer(2)), List.of(), false);
      table.use(pointwise(buffer(0), apply(Function.EXP, element(buffer(1)))), List.of(), false);
    }

    kernels
        .classes()
        .forEach((width, classes) -> {
          assertThat(classes)
              .containsOnlyKeys(
                  "dev.retain.generated.test.Pointwise1", "dev.retain.generated.test.Pointwise2");
          classes.forEach(
              (name, bytes) -> assertThat(bytes).isEqualTo(other.classes().get(width).get(name)));
        });
  }
}
