package dev.retain.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Storage;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredParametersTest {
  private static final List<Long> SHAPE = List.of(3L, 4L, 5L);
  private static final int SIZE = 60;

  private static ParameterDescription parameter(Storage storage) {
    return new ParameterDescription(
        "layer.W", SHAPE, List.of("a", "b", "c"), new Initial.Fill(0), storage);
  }

  private static NativeTensor exact(long seed) {
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 3, 4, 5);
    Random random = new Random(seed);
    for (int i = 0; i < SIZE; i++) {
      tensor.setDouble(i, random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
    }
    return tensor;
  }

  private static Map<String, NativeTensor> stored(Storage storage, NativeTensor exact) {
    return StoredParameters.stored(parameter(storage), exact, Arena.ofAuto());
  }

  private static NativeTensor widened(Storage storage, NativeTensor exact) {
    return StoredParameters.widened(parameter(storage), stored(storage, exact), Arena.ofAuto());
  }

  @Test
  void bfloat16sAreOffByAThousandthOrTwo() {
    NativeTensor exact = exact(1);
    NativeTensor wide = widened(new Storage.Bfloat16(0), exact);
    for (int i = 0; i < SIZE; i++) {
      assertThat(Math.abs(wide.getDouble(i) - exact.getDouble(i)))
          .isLessThanOrEqualTo(Math.abs(exact.getDouble(i)) / 256);
    }
  }

  /** Which numbers share a scale, by hand: those with the same places along the scaled axes. */
  @ParameterizedTest
  @ValueSource(strings = {"2", "0", "1", "0 1", "1 2", "0 2", "0 1 2"})
  void wholeNumbersAreOffByHalfAScale(String dimensions) {
    List<Integer> scaled = List.of(dimensions.split(" ")).stream().map(Integer::valueOf).toList();
    Storage storage = new Storage.Int8(scaled, 0);
    NativeTensor exact = exact(2);
    Map<String, NativeTensor> stored = stored(storage, exact);
    NativeTensor scales = stored.get("layer.W.scale");
    NativeTensor wide = widened(storage, exact);
    int[] sizes = {3, 4, 5};
    double[] largest = new double[(int) scales.size()];
    int[] scaleOf = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      int[] at = {i / 20, i / 5 % 4, i % 5};
      int scale = 0;
      for (int dimension : scaled) {
        scale = scale * sizes[dimension] + at[dimension];
      }
      scaleOf[i] = scale;
      largest[scale] = Math.max(largest[scale], Math.abs(exact.getDouble(i)));
    }
    for (int i = 0; i < SIZE; i++) {
      double scale = scales.getDouble(scaleOf[i]);
      assertThat(scale).isEqualTo((float) (largest[scaleOf[i]] / 127));
      assertThat(Math.abs(wide.getDouble(i) - exact.getDouble(i))).isLessThan(0.5001 * scale);
    }
    for (int i = 0; i < SIZE; i++) {
      assertThat(stored.get("layer.W").getDouble(i)).isBetween(-127.0, 127.0);
    }
  }

  /** Blocks of 64 columns, each with its rows: by hand. */
  @Test
  void matricesInBlocksAreTheSame() {
    ParameterDescription parameter =
        new ParameterDescription(
            "W",
            List.of(3L, 2L, 64L),
            List.of("a", "b", "c"),
            new Initial.Fill(0),
            new Storage.Int8(List.of(1, 2), 1));
    NativeTensor exact = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 3, 2, 64);
    for (int i = 0; i < exact.size(); i++) {
      // Rows 127, 0 and 1 in all columns but for the sign, so that every scale is 1.
      double row = List.of(127.0, 0.0, 1.0).get(i / 128);
      exact.setDouble(i, i % 3 == 0 && row != 0 ? -row : row);
    }
    Map<String, NativeTensor> stored = StoredParameters.stored(parameter, exact, Arena.ofAuto());
    assertThat(stored.get("W").shape()).containsExactly(2, 3, 64);
    for (int i = 0; i < exact.size(); i++) {
      int row = i / 128;
      int column = i % 128;
      assertThat(stored.get("W").getDouble(column / 64 * 3 * 64 + row * 64 + column % 64))
          .isEqualTo(exact.getDouble(i));
    }
    NativeTensor wide = StoredParameters.widened(parameter, stored, Arena.ofAuto());
    assertThat(wide.segment().mismatch(exact.segment())).isEqualTo(-1);
  }

  /** Blocks of 16 columns of what is not rounded, in both types. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void numbersInBlocksComeBack(ElementType real) {
    ParameterDescription parameter =
        new ParameterDescription(
            "W",
            List.of(3L, 2L, 24L),
            List.of("a", "b", "c"),
            new Initial.Fill(0),
            new Storage.Real(1));
    NativeTensor exact = NativeTensor.allocate(Arena.ofAuto(), real, 3, 2, 24);
    for (int i = 0; i < exact.size(); i++) {
      exact.setDouble(i, i);
    }
    Map<String, NativeTensor> stored = StoredParameters.stored(parameter, exact, Arena.ofAuto());
    assertThat(stored.get("W").shape()).containsExactly(3, 3, 16);
    // Block 1, row 2, column 5 is column 21 of row 2.
    assertThat(stored.get("W").getDouble((1 * 3 + 2) * 16 + 5)).isEqualTo(2 * 48 + 21);
    NativeTensor back = StoredParameters.widened(parameter, stored, Arena.ofAuto());
    assertThat(back.type()).isEqualTo(real);
    assertThat(back.segment().mismatch(exact.segment())).isEqualTo(-1);
  }

  @Test
  void zerosAndNumbersThatAreAsGoodAsZeroStayZero() {
    NativeTensor exact = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 3, 4, 5);
    exact.setDouble(7, Float.MIN_VALUE);
    exact.setDouble(8, 1);
    NativeTensor wide = widened(new Storage.Int8(List.of(2), 0), exact);
    for (int i = 0; i < SIZE; i++) {
      assertThat(wide.getDouble(i)).isEqualTo(i == 8 ? (double) (1f / 127) * 127 : 0, offset());
    }
  }

  private static org.assertj.core.data.Offset<Double> offset() {
    return org.assertj.core.data.Offset.offset(1e-7);
  }

  @ParameterizedTest
  @CsvSource({"NaN, train or export", "Infinity, train or export", "1e39, too large"})
  void whatIsNoNumberIsNamed(double bad, String advice) {
    NativeTensor exact = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, 3, 4, 5);
    exact.setDouble(13, bad);
    for (Storage storage : List.of(new Storage.Bfloat16(0), new Storage.Int8(List.of(0), 0))) {
      assertThatThrownBy(() -> stored(storage, exact))
          .isInstanceOf(RetainException.class)
          .hasMessageContaining("layer.W cannot be stored as")
          .hasMessageContaining("its number 13 is")
          .hasMessageContaining(advice);
    }
  }
}
