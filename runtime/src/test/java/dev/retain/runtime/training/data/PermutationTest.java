package dev.retain.runtime.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 16, 17, 1000, 65_537})
  void holdsEveryPlaceOnce(long size) {
    Permutation permutation = new Permutation(size, 3);
    assertThat(LongStream.range(0, size).map(permutation::at).sorted())
        .containsExactly(LongStream.range(0, size).boxed().toArray(Long[]::new));
  }

  @Test
  void isAnotherOneForAnotherKey() {
    assertThat(order(7)).isEqualTo(order(7)).isNotEqualTo(order(8));
  }

  @Test
  void neighboursDoNotStayTogether() {
    long[] order = order(1);
    long together =
        LongStream.range(1, order.length)
            .filter(i -> Math.abs(order[(int) i] - order[(int) i - 1]) == 1)
            .count();
    assertThat(together).isLessThan(10);
  }

  private static long[] order(long key) {
    Permutation permutation = new Permutation(1000, key);
    return LongStream.range(0, 1000).map(permutation::at).toArray();
  }
}
