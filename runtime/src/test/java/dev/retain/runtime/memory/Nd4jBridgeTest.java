package dev.retain.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class Nd4jBridgeTest {
  @ParameterizedTest
  @EnumSource(names = {"BF16", "I8"})
  void smallNumbersHaveNoArrays(ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor tensor = NativeTensor.allocate(arena, type, 2, 3);
      assertThatIllegalArgumentException()
          .isThrownBy(tensor::array)
          .withMessageContaining("widen the tensor to F32 first");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "I64"})
  void anArrayOfATensorIsTheSameMemory(ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor tensor = counting(arena, type, 2, 3, 4);
      INDArray array = tensor.array();
      assertThat(array.shape()).containsExactly(2, 3, 4);
      assertThat(array.ordering()).isEqualTo('c');
      assertThat(array.data().address()).isEqualTo(tensor.address());
      assertThat(array.getDouble(1, 2, 3)).isEqualTo(23);

      tensor.setDouble(5, 50);
      assertThat(array.getDouble(0, 1, 1)).isEqualTo(50);
      array.putScalar(new long[] {1, 0, 0}, 120);
      assertThat(tensor.getDouble(12)).isEqualTo(120);
      array.addi(1);
      assertThat(tensor.getDouble(12)).isEqualTo(121);
      array.get(NDArrayIndex.point(1)).muli(2);
      assertThat(tensor.getDouble(11)).isEqualTo(12);
      assertThat(tensor.getDouble(12)).isEqualTo(242);
    }
  }

  @Test
  void closingAnArrayLeavesTheMemory() {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor tensor = counting(arena, ElementType.F32, 8);
      tensor.array().close();
      assertThat(tensor.getDouble(7)).isEqualTo(7);
      assertThat(tensor.array().sumNumber().intValue()).isEqualTo(28);
    }
  }

  @Test
  void scalarsAndEmptyTensorsGoBothWays() {
    try (Arena arena = Arena.ofConfined()) {
      NativeTensor scalar = counting(arena, ElementType.F64);
      scalar.fill(2.5);
      assertThat(scalar.array().isScalar()).isTrue();
      assertThat(scalar.array().getDouble(0)).isEqualTo(2.5);
      assertThat(NativeTensor.of(scalar.array()).shape()).isEmpty();

      INDArray empty = NativeTensor.allocate(arena, ElementType.F64, 0, 3).array();
      assertThat(empty.isEmpty()).isTrue();
      assertThat(empty.shape()).containsExactly(0, 3);
      assertThat(NativeTensor.of(empty).shape()).containsExactly(0, 3);
    }
  }

  @Test
  void aTensorOfADenseArrayIsTheSameMemory() {
    INDArray array = Nd4j.arange(12).castTo(DataType.DOUBLE).reshape(3, 4);
    NativeTensor tensor = NativeTensor.of(array);
    assertThat(tensor).hasToString("F64[3, 4]");
    tensor.setDouble(6, -1);
    assertThat(array.getDouble(1, 2)).isEqualTo(-1);
    array.putScalar(1, 3, -2);
    assertThat(tensor.getDouble(7)).isEqualTo(-2);
  }

  @Test
  void aDenseViewKeepsItsOffset() {
    INDArray array = Nd4j.arange(24).castTo(DataType.FLOAT).reshape(4, 6);
    NativeTensor rows = NativeTensor.of(array.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all()));
    assertThat(rows).hasToString("F32[2, 6]");
    assertThat(rows.getDouble(0)).isEqualTo(12);
    rows.setDouble(1, -1);
    assertThat(array.getDouble(2, 1)).isEqualTo(-1);
  }

  @Test
  void whatIsNotDenseIsCopiedInRowMajorOrder() {
    INDArray array = Nd4j.arange(6).castTo(DataType.FLOAT).reshape(2, 3);
    NativeTensor transposed = NativeTensor.of(array.transpose());
    assertThat(transposed).hasToString("F32[3, 2]");
    assertThat(elements(transposed)).containsExactly(0, 3, 1, 4, 2, 5);
    transposed.fill(9);
    assertThat(array.getDouble(0, 0)).isZero();
    assertThat(elements(NativeTensor.of(array.getColumn(1)))).containsExactly(1, 4);
    assertThat(elements(NativeTensor.of(array.dup('f')))).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void anArrayOfAWorkspaceIsCopied() {
    NativeTensor tensor;
    try (MemoryWorkspace _ = Nd4j.getWorkspaceManager().getAndActivateWorkspace("bridge-test")) {
      tensor = NativeTensor.of(Nd4j.ones(DataType.FLOAT, 5));
    }
    try (MemoryWorkspace _ = Nd4j.getWorkspaceManager().getAndActivateWorkspace("bridge-test")) {
      Nd4j.zeros(DataType.FLOAT, 5);
    }
    assertThat(elements(tensor)).containsOnly(1);
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
  }

  @Test
  void otherTypesAreRefusedWithTheWayOut() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NativeTensor.of(Nd4j.create(DataType.INT32, 3)))
        .withMessageContaining("INT")
        .withMessageContaining("castTo(DataType.FLOAT)");
  }

  @Test
  void aViewOfAnArrayKeepsItsMemoryAlive() {
    INDArray[] view = new INDArray[1];
    WeakReference<MemorySegment> memory = viewOfUnreachableTensor(view);
    collect();
    assertThat(memory.get()).isNotNull();
    assertThat(view[0].getDouble(2)).isEqualTo(5);
  }

  @Test
  void aSegmentKeepsItsArrayAlive() {
    INDArray[] array = {Nd4j.ones(DataType.FLOAT, 1000)};
    WeakReference<INDArray> reference = new WeakReference<>(array[0]);
    MemorySegment segment = NativeTensor.of(array[0]).segment();
    array[0] = null;
    collect();
    assertThat(reference.get()).isNotNull();
    assertThat(segment.byteSize()).isEqualTo(4000);
  }

  private static WeakReference<MemorySegment> viewOfUnreachableTensor(INDArray[] view) {
    NativeTensor tensor = counting(Arena.ofAuto(), ElementType.F32, 2, 3);
    view[0] = tensor.array().get(NDArrayIndex.point(1));
    return new WeakReference<>(tensor.segment());
  }

  private static void collect() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
  }

  private static double[] elements(NativeTensor tensor) {
    double[] elements = new double[(int) tensor.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = tensor.getDouble(i);
    }
    return elements;
  }

  private static NativeTensor counting(Arena arena, ElementType type, long... shape) {
    NativeTensor tensor = NativeTensor.allocate(arena, type, shape);
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, i);
    }
    return tensor;
  }
}
