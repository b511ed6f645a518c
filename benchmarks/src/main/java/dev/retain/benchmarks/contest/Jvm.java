package dev.retain.benchmarks.contest;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines that start another JVM like this one. */
public final class Jvm {
  private Jvm() {}

  /** A JVM with the class path and the flags of this one, as the launcher gave them. */
  public static List<String> same(Class<?> main, List<String> arguments) {
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-javaagent"))
            .toList();
    return command(flags, System.getProperty("java.class.path"), main.getName(), arguments);
  }

  /**
   * A JVM with a class path of its own, and the flags that native libraries need.
   *
   * @param main a class, or a source file that java compiles first
   */
  public static List<String> other(String classPath, String main, List<String> arguments) {
    return command(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
        classPath,
        main,
        arguments);
  }

  private static List<String> command(
      List<String> flags, String classPath, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return command;
  }
}
