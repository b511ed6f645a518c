package dev.retain.cli.train;

import dev.retain.cli.console.ExitCode;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ctrl-C and a signal to end, as a wish. They do not end the JVM, whose shutdown would disturb the
 * writing of a file; a second one does, at once.
 */
final class Interruption implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("INT", "TERM");

  private final Runnable notice;
  private final Map<Object, Object> before = new LinkedHashMap<>();
  private volatile boolean requested;

  private Interruption(Runnable notice) {
    this.notice = notice;
  }

  /**
   * Listens from now on.
   *
   * @param notice is run once, when the first signal comes, in a thread of its own
   */
  static Interruption listen(Runnable notice) {
    Interruption interruption = new Interruption(notice);
    SIGNALS.forEach(interruption::listenTo);
    return interruption;
  }

  boolean isRequested() {
    return requested;
  }

  private void listenTo(String name) {
    try {
      Object signal = signalClass().getConstructor(String.class).newInstance(name);
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              Interruption.class.getClassLoader(), new Class<?>[] {handler}, this::invoked);
      before.put(signal, handle().invoke(null, signal, ours));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // This JVM leaves signals to others; a run survives any end, it is only not told of it.
      return;
    }
  }

  // By reflection: the compiler warns of the class, and there is no other way to be told.
  private static Class<?> signalClass() throws ClassNotFoundException {
    return Class.forName("sun.misc.Signal");
  }

  private static Method handle() throws ReflectiveOperationException {
    return signalClass()
        .getMethod("handle", signalClass(), Class.forName("sun.misc.SignalHandler"));
  }

  private Object invoked(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "handle" -> {
        signalled();
        yield null;
      }
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "a wish to end";
    };
  }

  private void signalled() {
    if (requested) {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
    requested = true;
    notice.run();
  }

  @Override
  public void close() {
    before.forEach((signal, handler) -> {
      try {
        handle().invoke(null, signal, handler);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    });
  }
}
