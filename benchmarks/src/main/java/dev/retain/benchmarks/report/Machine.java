package dev.retain.benchmarks.report;

import dev.retain.runtime.limits.Processor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;

/**
 * What a result was measured on, and when.
 *
 * @param commit of the project; empty if it is unknown
 * @param load of the machine before the run, in processes that want a processor; negative if it is
 *     unknown
 */
public record Machine(
    String processor,
    int processors,
    int vectorBits,
    String system,
    String java,
    String date,
    String commit,
    double load) {
  private static final int PATIENCE_SECONDS = 5;

  /**
   * This one, now.
   *
   * @param project its folder
   */
  public static Machine current(Path project) {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        Processor.name(),
        Runtime.getRuntime().availableProcessors(),
        FloatVector.SPECIES_PREFERRED.vectorBitSize(),
        system.getName() + " " + system.getArch(),
        Runtime.version().toString(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        commit(project),
        Math.round(system.getSystemLoadAverage() * 100) / 100.0);
  }

  private static String commit(Path project) {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty")
              .directory(project.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** For the name of a file. */
  public String shortName() {
    String name = (processor + "-" + processors).toLowerCase(Locale.ROOT);
    return name.replaceAll("[^a-z0-9]+", "-");
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("processor", processor);
    json.put("processors", processors);
    json.put("vector_bits", vectorBits);
    json.put("system", system);
    json.put("java", java);
    json.put("load", load);
    return json;
  }
}
