package dev.retain.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/** Runs native tensors where the classes of ND4J do not exist. */
class WithoutNd4jTest {
  @Test
  void tensorsNeedNoNd4jUntilAnArrayIsAskedFor() throws ReflectiveOperationException, IOException {
    URL[] classes = {location(NativeTensor.class), location(Work.class)};
    try (URLClassLoader loader =
        new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
      Class<?> work = loader.loadClass(Work.class.getName());
      Runnable isolated = (Runnable) work.getDeclaredConstructor().newInstance();
      assertThat(isolated.getClass()).isNotSameAs(Work.class);
      assertThatThrownBy(isolated::run)
          .isInstanceOf(NoClassDefFoundError.class)
          .hasStackTraceContaining("NativeTensor.array");
    }
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Uses all of a tensor, then asks for its array. */
  public static final class Work implements Runnable {
    @Override
    public void run() {
      try (Arena arena = Arena.ofConfined()) {
        NativeTensor tensor = NativeTensor.allocate(arena, ElementType.F32, 2, 2);
        tensor.fill(1);
        tensor.copyOf(arena).setDouble(0, tensor.getDouble(1));
        if (tensor.size() != 4) {
          throw new AssertionError(tensor);
        }
        tensor.array();
      }
    }
  }
}
