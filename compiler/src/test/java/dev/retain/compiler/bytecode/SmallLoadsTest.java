package dev.retain.compiler.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.kernel.CompilerDirectives;
import dev.retain.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Elements of small types become floats of the same value as they are loaded. */
class SmallLoadsTest {
  private static final int COUNT = 256 + 13;

  record Case(ElementType type, int bits) {}

  static Stream<Case> cases() {
    return Stream.of(ElementType.BF16, ElementType.I8)
        .flatMap(type -> Stream.of(0, 128, 256, 512).map(bits -> new Case(type, bits)));
  }

  /** {@code y[i] = 2 x[i]}, by vectors and what is left one by one. */
  private static Kernel twice(Case at) {
    Programs programs = new Programs(ElementType.F32, at.bits());
    Kernel kernel =
        programs.row(
            "twice",
            List.of("x"),
            (i, kind) -> {
              Value x = programs.load("x", i, kind);
              return new Value.Binary(Value.BinaryOperation.ADD, x, x);
            });
    return new Kernel(
        kernel.name(),
        kernel.source(),
        kernel.line(),
        kernel.vectorBits(),
        List.of(new BufferParameter("x", at.type()), new BufferParameter("y", ElementType.F32)),
        kernel.body());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areWidened(Case at) {
    double[] values =
        IntStream.range(0, COUNT)
            .mapToDouble(i -> at.type() == ElementType.I8 ? i - 128 : (i - 100) * 0.25)
            .map(value -> Math.min(value, 127))
            .toArray();
    try (Arena arena = Arena.ofConfined()) {
      // Behind what does not belong to it, and not aligned.
      MemorySegment x = new Memory(at.type(), arena).buffer(values);
      MemorySegment y = new Memory(ElementType.F32, arena).buffer(new double[COUNT]);
      long second = x.address() + at.type().bytes();

      Memory.load(twice(at)).run(new long[] {second, y.address()}, 1, COUNT - 1, 0, 1);

      double[] found = new Memory(ElementType.F32, arena).values(y);
      for (int i = 0; i < COUNT - 1; i++) {
        assertThat(found[i]).isEqualTo(2 * values[i + 1]);
      }
      assertThat(found[COUNT - 1]).isEqualTo(0);
    }
  }

  /**
   * A conversion that is no instruction shows at once as garbage: an object for each vector. One
   * width alone, as in every JVM that runs a model: what the JVM learns of another spoils it.
   */
  @ParameterizedTest
  @EnumSource(names = {"BF16", "I8"})
  void leaveNoGarbage(ElementType type) {
    Case at = new Case(type, 256);
    // As the runtime does: the first compiler may give a kernel up, and leave it slow for ever.
    CompilerDirectives.excludeFromFirstTier(Memory.PACKAGE.replace('.', '/') + "/*");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = new Memory(at.type(), arena).buffer(new double[COUNT]);
      MemorySegment y = new Memory(ElementType.F32, arena).buffer(new double[COUNT]);
      long[] addresses = Memory.addresses(x, y);
      dev.retain.runtime.kernel.Kernel kernel = Memory.load(twice(at));
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (least >= 64 && System.nanoTime() < deadline) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          kernel.run(addresses, 1, COUNT, 0, 1);
        }
        least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 100);
      }
      assertThat(least).isLessThan(64);
    }
  }
}
