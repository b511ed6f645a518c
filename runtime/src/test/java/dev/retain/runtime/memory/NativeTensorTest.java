package dev.retain.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeTensorTest {
  @ParameterizedTest
  @EnumSource
  void isZeroedAlignedAndAsLargeAsItsShape(ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor tensor = NativeTensor.allocate(arena, type, 3, 5, 7);
      assertThat(tensor.size()).isEqualTo(105);
      assertThat(tensor.segment().byteSize()).isEqualTo(105L * type.bytes());
      assertThat(tensor.address() % 64).isZero();
      for (long i = 0; i < tensor.size(); i++) {
        assertThat(tensor.getDouble(i)).isZero();
      }
      assertThat(tensor).hasToString(type + "[3, 5, 7]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatWasWritten(ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor tensor = NativeTensor.allocate(arena, type, 4);
      tensor.fill(-3);
      tensor.setDouble(2, 41);
      assertThat(tensor.getDouble(1)).isEqualTo(-3);
      assertThat(tensor.getDouble(2)).isEqualTo(41);
      NativeTensor copy = tensor.copyOf(arena);
      tensor.setDouble(2, 0);
      assertThat(copy.getDouble(2)).isEqualTo(41);
      assertThat(copy.getDouble(3)).isEqualTo(-3);
    }
  }

  @Test
  void aScalarHasOneElementAndAnEmptyTensorNone() {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(NativeTensor.allocate(arena, ElementType.F32).size()).isEqualTo(1);
      assertThat(NativeTensor.allocate(arena, ElementType.F32, Long.MAX_VALUE, 4, 0).size())
          .isZero();
    }
  }

  @Test
  void convertsBetweenTypesWhenCopying() {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor wide = NativeTensor.allocate(arena, ElementType.F64, 2);
      wide.setDouble(0, Math.PI);
      NativeTensor narrow = NativeTensor.allocate(arena, ElementType.F32, 2);
      narrow.copyFrom(wide);
      assertThat(narrow.getDouble(0)).isEqualTo((float) Math.PI);
      NativeTensor other = NativeTensor.allocate(arena, ElementType.F64, 1, 2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> other.copyFrom(wide))
          .withMessage("cannot copy F64[2] into F64[1, 2]");
    }
  }

  @Test
  void theShapeCannotBeChangedFromOutside() {
    try (Arena arena = Arena.ofConfined()) {
      long[] shape = {2, 3};
      NativeTensor tensor = NativeTensor.allocate(arena, ElementType.F32, shape);
      shape[0] = 9;
      tensor.shape()[1] = 9;
      assertThat(tensor.shape()).containsExactly(2, 3);
    }
  }

  @Test
  void sharesMemoryThatExists() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment plan = arena.allocate(64, 64);
      NativeTensor tensor = NativeTensor.over(plan.asSlice(16, 16), ElementType.F32, 2, 2);
      tensor.setDouble(3, 7);
      assertThat(plan.get(ValueLayout.JAVA_FLOAT, 28)).isEqualTo(7);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NativeTensor.over(plan, ElementType.F32, 2, 2))
          .withMessageContaining("F32[2, 2] needs 16 native bytes");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NativeTensor.over(plan.asSlice(4, 8), ElementType.F64))
          .withMessageContaining("not aligned");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> NativeTensor.over(MemorySegment.ofArray(new float[4]), ElementType.F32, 4));
    }
  }

  @Test
  void refusesWhatNoMachineHas() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> NativeTensor.allocate(arena, ElementType.F32, 1L << 45))
          .isInstanceOf(MemoryException.class)
          .hasMessageMatching(
              "a tensor F32\\[35184372088832] needs 131072.0 GiB \\(140737488355328 bytes\\) of"
                  + " (native )?memory, but .*");
      assertThatThrownBy(() -> NativeTensor.allocate(arena, ElementType.F64, 1L << 32, 1L << 31))
          .isInstanceOf(MemoryException.class)
          .hasMessageContaining("more than 8 EiB");
      assertThatThrownBy(() -> NativeTensor.allocate(arena, ElementType.F64, 1L << 61))
          .isInstanceOf(MemoryException.class);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NativeTensor.allocate(arena, ElementType.F64, 2, -1));
    }
  }

  @Test
  void saysWhatAModelNeedsAndWhatThereIs() {
    assertThat(AvailableMemory.bytes()).isPositive();
    AvailableMemory.require(1, "nothing");
    assertThat(AvailableMemory.show(1000)).isEqualTo("1000 bytes");
    assertThat(AvailableMemory.show(3 << 19)).isEqualTo("1.5 MiB (1572864 bytes)");
    if (AvailableMemory.bytes() < Long.MAX_VALUE) {
      assertThatThrownBy(() -> AvailableMemory.require(1L << 60, "this model"))
          .hasMessageStartingWith("this model needs 1073741824.0 GiB")
          .hasMessageContaining("are available");
    }
  }
}
