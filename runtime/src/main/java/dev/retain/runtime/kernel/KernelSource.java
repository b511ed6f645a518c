package dev.retain.runtime.kernel;

import java.util.Optional;

/** Where programs get their kernels from. */
@FunctionalInterface
public interface KernelSource {
  /**
   * A kernel, the same for all that ask.
   *
   * @param className of the generated class, with dots
   * @throws IllegalStateException if there is no such class, or it is no kernel
   */
  Kernel kernel(String className);

  /**
   * What is to run instead of a kernel that the JVM has compiled badly, for all that ask for it
   * from now on: the same bytecode as another class, which the JVM compiles anew.
   *
   * @return empty if there is no such class
   */
  default Optional<Kernel> insteadOf(Kernel bad) {
    return Optional.empty();
  }
}
