package dev.retain.runtime.kernel;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Tells the JVM how to compile generated classes. Without it, speed is a lottery: the JVM's first
 * compiler runs out of registers on a large unrolled kernel, gives up on it half way, and the
 * kernel stays 70 times too slow for as long as the process lives; and the second one leaves calls
 * in the innermost loops of some processes.
 */
public final class CompilerDirectives {
  private static final System.Logger LOG = System.getLogger(CompilerDirectives.class.getName());

  /**
   * What kernels call of the JDK that is not marked to be inlined always. Whether it is, the JVM
   * decides by what it has counted: where it happens to begin to count just then, it counts nothing
   * and calls a method for each number that a kernel reads.
   */
  private static final String INLINED =
      Stream.of(
              "jdk/internal/misc/Unsafe.*Unaligned",
              "jdk/internal/misc/Unsafe.convEndian",
              "jdk/internal/foreign/NativeMemorySegmentImpl.unsafeGetBase",
              "jdk/internal/foreign/NativeMemorySegmentImpl.maxAlignMask",
              "java/nio/ByteOrder.nativeOrder")
          .map("\"+%s\""::formatted)
          .collect(Collectors.joining(", "));

  private static final String DIRECTIVES =
      """
      [{match: ["%s.*"], c1: {Exclude: true}, c2: {BackgroundCompilation: false, inline: [%s]}}]
      """;
  private static final String ADDED = "1 compiler directives added";

  // The JVM reads the file once, without trying again: a process that is stopped meanwhile and goes
  // on may be told that the file cannot be loaded.
  private static final int ATTEMPTS = 3;

  private static final Set<String> EXCLUDED = new HashSet<>();

  private CompilerDirectives() {}

  /**
   * Keeps classes from the JVM's first compiler, once per process; to be called before any of them
   * runs. The second compiler then works on them while the caller waits: such work goes first in
   * its queue, and interpreting a kernel meanwhile, at a hundredth of its speed, would gain
   * nothing.
   *
   * <p>It takes about 0.2 s, nearly all for the JVM's management server. On a JVM that cannot do
   * it, a line is logged and the program goes on.
   *
   * @param pattern of class names, with slashes; {@code *} at its end stands for any rest, such as
   *     {@code dev/retain/generated/*}, subpackages included
   */
  public static synchronized void excludeFromFirstTier(String pattern) {
    if (!EXCLUDED.add(pattern)) {
      return;
    }
    try {
      String answer = "";
      for (int i = 0; i < ATTEMPTS && !answer.contains(ADDED); i++) {
        answer = add(DIRECTIVES.formatted(pattern, INLINED));
      }
      if (!answer.contains(ADDED)) {
        warn(answer);
      }
    } catch (IOException | JMException | RuntimeException | LinkageError e) {
      warn(e.toString());
    }
  }

  private static String add(String directives) throws IOException, JMException {
    Path file = Files.createTempFile("retain-directives", ".json");
    try {
      Files.writeString(file, directives);
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "compilerDirectivesAdd",
                  new Object[] {new String[] {file.toString()}},
                  new String[] {String[].class.getName()});
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void warn(String reason) {
    LOG.log(
        System.Logger.Level.WARNING,
        "this JVM takes no compiler directives, so kernels may run far too slowly ({0});"
            + " a HotSpot JDK 25 takes them",
        reason.strip().replaceAll("\\s+", " "));
  }
}
