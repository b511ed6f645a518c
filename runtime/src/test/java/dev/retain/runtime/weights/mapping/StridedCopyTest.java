package dev.retain.runtime.weights.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StridedCopyTest {
  private static final int CASES = 300;

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "F64"})
  void copiesAsElementByElement(ElementType type) {
    Random random = new Random(7);
    for (int example = 0; example < CASES; example++) {
      int rank = random.nextInt(5);
      long[] sizes = new long[rank];
      for (int axis = 0; axis < rank; axis++) {
        sizes[axis] = rank <= 2 ? 1 + random.nextInt(150) : 1 + random.nextInt(9);
      }
      check(type, sizes, steps(sizes, random), random);
    }
  }

  /** The steps of the same axes in any order, some of them repeated. */
  private static long[] steps(long[] sizes, Random random) {
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      order.add(axis);
    }
    Collections.shuffle(order, random);
    long[] steps = new long[sizes.length];
    long step = 1;
    for (int axis : order) {
      if (random.nextInt(6) > 0) {
        steps[axis] = step;
        step *= sizes[axis];
      }
    }
    return steps;
  }

  private static void check(ElementType type, long[] sizes, long[] steps, Random random) {
    try (Arena arena = Arena.ofConfined()) {
      long last = 0;
      for (int axis = 0; axis < sizes.length; axis++) {
        last += (sizes[axis] - 1) * steps[axis];
      }
      NativeTensor source = NativeTensor.allocate(arena, type, last + 1);
      for (long i = 0; i <= last; i++) {
        source.setDouble(i, i);
      }
      NativeTensor target = NativeTensor.allocate(arena, type, sizes);

      StridedCopy.copy(source, target, sizes, steps);

      boolean plain = true;
      for (long flat = 0; flat < target.size(); flat++) {
        long rest = flat;
        long expected = 0;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
          expected += rest % sizes[axis] * steps[axis];
          rest /= sizes[axis];
        }
        plain &= expected == flat;
        assertThat(target.getDouble(flat))
            .as("%s by %s at %d", Arrays.toString(sizes), Arrays.toString(steps), flat)
            .isEqualTo(expected);
      }
      assertThat(StridedCopy.isPlain(sizes, steps)).isEqualTo(plain);
    }
  }
}
