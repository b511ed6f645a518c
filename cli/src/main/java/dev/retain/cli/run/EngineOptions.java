package dev.retain.cli.run;

import dev.retain.cli.console.PositiveNumber;
import dev.retain.runtime.engine.Engine;
import picocli.CommandLine.Option;

/** What a model runs on. */
public final class EngineOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Threads that compute (default: one for each processor). Results do not depend on it.")
  private Integer threads;

  public Engine engine() {
    return threads == null ? Engine.shared() : Engine.withWorkers(threads);
  }
}
