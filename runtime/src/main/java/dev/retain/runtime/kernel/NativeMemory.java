package dev.retain.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** The segment through which generated code reads and writes native memory. */
public final class NativeMemory {
  /**
   * All of native memory, addressed absolutely. One constant segment of one class, so that heap
   * segments never pollute a kernel's profile.
   */
  @SuppressWarnings("restricted")
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /**
   * More bits than any address of a process has. If an address is masked with them, the JVM's
   * compiler sees that it lies in {@link #ALL}, and drops the check. Otherwise it takes the checks
   * out of loops that count, and before each loop works out the range of each access, in two dozen
   * instructions: a good part of the work of a loop of few steps.
   */
  public static final long ADDRESS_BITS = Long.MAX_VALUE >> 1;

  private NativeMemory() {}
}
