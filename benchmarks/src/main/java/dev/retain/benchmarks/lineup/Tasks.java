package dev.retain.benchmarks.lineup;

import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What is measured. */
public final class Tasks {
  private static final int LENGTH = 2048;
  private static final int LONG = 8192;

  private Tasks() {}

  /**
   * The tasks of a group.
   *
   * @param quick leaves out what takes long
   */
  public static List<Task> of(Group group, boolean quick) {
    return switch (group) {
      case LIMITS -> List.of();
      case CORES -> cores(quick);
      case STEPS -> List.of(new Task.Step(Rule.GAMMA), new Task.Step(Rule.GATED_DELTA));
      case PRODUCTS ->
          IntStream.of(64, 128, 256, 512, 1024).<Task>mapToObj(Task.Product::new).toList();
      case MODELS -> models(quick);
    };
  }

  private static List<Task> cores(boolean quick) {
    List<Task> tasks = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      tasks.add(new Task.Core(rule, LENGTH));
      if (!quick) {
        tasks.add(new Task.Core(rule, LONG));
      }
    }
    return tasks;
  }

  private static List<Task> models(boolean quick) {
    List<Task> tasks =
        new ArrayList<>(
            List.of(
                new Task.Decoding("3.8M"),
                new Task.Decoding("19.3M"),
                new Task.Prefill("3.8M", LENGTH)));
    if (!quick) {
      tasks.add(new Task.Decoding("204M"));
      tasks.add(new Task.Prefill("3.8M", LONG));
      tasks.add(new Task.Prefill("19.3M", LENGTH));
    }
    return tasks;
  }

  /** One task for each kind of kernel, of which the lottery starts many JVMs. */
  public static List<Task> ofLottery() {
    return List.of(
        new Task.Core(Rule.GAMMA, LENGTH),
        new Task.Core(Rule.GATED, LENGTH),
        new Task.Core(Rule.GATED_DELTA, LENGTH),
        new Task.Step(Rule.GAMMA),
        new Task.Product(512),
        new Task.Decoding("3.8M"),
        new Task.Prefill("3.8M", LENGTH));
  }
}
