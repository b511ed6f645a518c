package dev.retain.runtime.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kernels from class files, loaded when a form first needs them. */
public final class Kernels implements KernelSource {
  private final KernelLoader loader;
  private final Map<String, Kernel> loaded = new HashMap<>();
  private final Thread directives;

  /**
   * @param classes the class files, by binary name (with dots)
   */
  public Kernels(Map<String, byte[]> classes) {
    this.loader = new KernelLoader(Kernel.class.getClassLoader(), classes);
    List<String> packages =
        classes.keySet().stream()
            .map(name -> name.substring(0, name.lastIndexOf('.') + 1))
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    // The JVM needs a quarter of a second for this; meanwhile the weights are read.
    this.directives = Thread.ofPlatform().daemon().start(() -> exclude(packages));
  }

  private static void exclude(List<String> packages) {
    for (String name : packages) {
      CompilerDirectives.excludeFromFirstTier(name.replace('.', '/') + "*");
    }
  }

  @Override
  public synchronized Kernel kernel(String className) {
    joinDirectives();
    return loaded.computeIfAbsent(className, loader::kernel);
  }

  @Override
  public synchronized Optional<Kernel> insteadOf(Kernel bad) {
    String className = bad.getClass().getName();
    if (loaded.get(className) == bad) {
      loaded.put(className, loader.anew().kernel(className));
    }
    return Optional.ofNullable(loaded.get(className));
  }

  private void joinDirectives() {
    boolean interrupted = false;
    while (directives.isAlive()) {
      try {
        directives.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
