package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Kernel;
import java.util.Collections;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The classes of one model's kernels.
 *
 * @param classes class files by binary name (with dots): each kernel after the procedures it calls
 * @param kernels the binary name of each kernel's class; equal kernels share one
 */
public record KernelLibrary(SequencedMap<String, byte[]> classes, Map<Kernel, String> kernels) {
  public KernelLibrary {
    classes = Collections.unmodifiableSequencedMap(classes);
    kernels = Collections.unmodifiableMap(kernels);
  }

  /** The binary name of the class that runs this kernel. */
  public String classOf(Kernel kernel) {
    return kernels.get(kernel);
  }
}
