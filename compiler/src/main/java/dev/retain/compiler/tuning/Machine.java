package dev.retain.compiler.tuning;

import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.limits.Processor;
import dev.retain.runtime.program.Width;
import java.util.EnumSet;

/**
 * What the speed of kernels depends on beside themselves.
 *
 * @param processor its name
 * @param processors how many of them there are
 * @param width the widest vectors
 * @param java the version of the JVM
 */
public record Machine(String processor, int processors, Width width, String java) {
  /** This one. */
  public static Machine current() {
    return new Machine(
        Processor.name(),
        Runtime.getRuntime().availableProcessors(),
        MachineWidth.choose("this", EnumSet.allOf(Width.class)),
        Runtime.version().toString());
  }
}
