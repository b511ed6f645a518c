package dev.retain.benchmarks.contest;

import java.util.List;
import java.util.Map;

/**
 * Who does a task, and how its JVM is started.
 *
 * @param command the whole command line
 * @param environment what is added to the environment of this process
 */
public record Contestant(String name, List<String> command, Map<String, String> environment) {
  public Contestant {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
