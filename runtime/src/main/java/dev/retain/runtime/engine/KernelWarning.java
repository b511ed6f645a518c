package dev.retain.runtime.engine;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** Tells people that kernels are not compiled as they should be, and what to do. */
final class KernelWarning {
  /** Flags of the JVM that keep its best compiler from kernels. */
  private static final Pattern HINDRANCE =
      Pattern.compile(
          "-Xint|-XX:-UseCompiler|-XX:TieredStopAtLevel=[0-3]|-XX:CompileOnly=.*"
              + "|-XX:CompileCommand=(exclude|compileonly).*",
          Pattern.CASE_INSENSITIVE);

  private static final AtomicBoolean GIVEN = new AtomicBoolean();

  private KernelWarning() {}

  /**
   * Prints one line on standard error, once in the life of the JVM.
   *
   * @param kernel what it computes, and in which form
   */
  static void give(String kernel, KernelCheck.Finding finding) {
    if (!GIVEN.getAndSet(true)) {
      System.err.println(text(kernel, finding, hindrance()));
    }
  }

  static String text(String kernel, KernelCheck.Finding finding, Optional<String> hindrance) {
    return String.format(
        Locale.ROOT,
        "retain: this runs far too slowly: the JVM has not compiled kernels as it should, above all"
            + " %s (%,.0f MB of garbage a second). %s",
        kernel,
        finding.bytesPerSecond() / 1e6,
        hindrance
            .map(flag -> "That is because of " + flag + ": leave it out.")
            .orElse(
                "Start it again; if it says so every time, try narrower vectors:"
                    + " JDK_JAVA_OPTIONS=-Dretain.width=256"));
  }

  /** The flag that this JVM was started with and that keeps kernels from its best compiler. */
  static Optional<String> hindrance() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> HINDRANCE.matcher(argument).matches())
        .findFirst();
  }
}
