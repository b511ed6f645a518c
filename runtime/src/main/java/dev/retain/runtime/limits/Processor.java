package dev.retain.runtime.limits;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this machine computes with. */
public final class Processor {
  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

  private Processor() {}

  /** Its name, as Linux or Windows tells it, else its architecture. */
  public static String name() {
    String elsewhere =
        System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", System.getProperty("os.arch"));
    if (!Files.isReadable(DESCRIPTION)) {
      return elsewhere;
    }
    try (Stream<String> lines = Files.lines(DESCRIPTION, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(elsewhere);
    } catch (IOException e) {
      return elsewhere;
    }
  }
}
