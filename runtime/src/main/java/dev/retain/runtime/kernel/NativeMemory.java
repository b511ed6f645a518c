package dev.retain.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** The segment through which generated code reads and writes native memory. */
public final class NativeMemory {
  /**
   * All of native memory, addressed absolutely. One constant segment of one class: the JVM's
   * compiler drops every check on it, and heap segments never pollute a kernel's profile.
   */
  @SuppressWarnings("restricted")
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private NativeMemory() {}
}
