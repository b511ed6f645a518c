package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Kernel;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** Buffers of one element type in native memory, read and written as doubles. */
record Memory(ElementType element, Arena arena) {
  static final String PACKAGE = "dev.retain.generated.test";

  MemorySegment buffer(double... values) {
    MemorySegment segment = arena.allocate((long) values.length * element.bytes(), 64);
    for (int i = 0; i < values.length; i++) {
      switch (element) {
        case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
        case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
        case I64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, i, (long) values[i]);
        case BF16, I8 -> NativeTensor.over(segment, element, values.length).setDouble(i, values[i]);
      }
    }
    return segment;
  }

  double[] values(MemorySegment segment) {
    double[] values = new double[(int) (segment.byteSize() / element.bytes())];
    Arrays.setAll(
        values,
        i ->
            switch (element) {
              case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
              case F64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
              case I64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, i);
              case BF16, I8 -> NativeTensor.over(segment, element, values.length).getDouble(i);
            });
    return values;
  }

  static dev.retain.runtime.kernel.Kernel load(Kernel kernel) {
    return new KernelLoader(
            Memory.class.getClassLoader(), ClassEmitter.emitAll(List.of(kernel), PACKAGE))
        .kernel(ClassEmitter.className(PACKAGE, kernel));
  }

  static long[] addresses(MemorySegment... buffers) {
    return Arrays.stream(buffers).mapToLong(MemorySegment::address).toArray();
  }
}
