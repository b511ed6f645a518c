package dev.retain.benchmarks;

import dev.retain.runtime.RetainException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where things lie.
 *
 * @param benchmarks the folder of this module
 */
record Project(Path benchmarks) {
  /** The one that this class was built in. */
  static Project current() {
    try {
      URI own = Project.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path target = Path.of(own).getParent();
      if (!target.endsWith("target")) {
        throw new RetainException(
            "benchmarks run in the project's folder only, where they were built: ./retain bench");
      }
      return new Project(target.getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What contestants write beside their answers. */
  Path logs() {
    return benchmarks.resolve("target/logs");
  }

  /** Where results are kept. */
  Path results(boolean quick) {
    return benchmarks.resolve(quick ? "target/results" : "results");
  }
}
