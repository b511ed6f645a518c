package dev.retain.runtime.kernel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Defines the generated classes of one model. They are ordinary classes of a loader of their own,
 * not hidden ones, so that a stack trace shows the line of the {@code .ret} file.
 */
public final class KernelLoader extends ClassLoader {
  /** Where class files come from. */
  @FunctionalInterface
  public interface Source {
    /** A stream of the class file, by binary name (with dots), or null if there is none. */
    InputStream open(String className) throws IOException;
  }

  private final Source source;

  /** Classes from the class files that {@code source} opens, once each. */
  public KernelLoader(ClassLoader parent, Source source) {
    super("retain-kernels", parent);
    this.source = source;
  }

  /** Classes from class files in memory, by binary name (with dots). */
  public KernelLoader(ClassLoader parent, Map<String, byte[]> classFiles) {
    this(
        parent,
        name -> {
          byte[] classFile = classFiles.get(name);
          return classFile == null ? null : new ByteArrayInputStream(classFile);
        });
  }

  /**
   * A new kernel.
   *
   * @throws IllegalStateException if there is no such class, or it is no kernel
   */
  public Kernel kernel(String className) {
    try {
      return loadClass(className).asSubclass(Kernel.class).getConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw new IllegalStateException("the kernel " + className + " cannot be loaded", e);
    }
  }

  /** A loader of the same class files, as classes that the JVM has not seen yet. */
  KernelLoader anew() {
    return new KernelLoader(getParent(), source);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (InputStream stream = source.open(name)) {
      if (stream == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] classFile = stream.readAllBytes();
      return defineClass(name, classFile, 0, classFile.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
