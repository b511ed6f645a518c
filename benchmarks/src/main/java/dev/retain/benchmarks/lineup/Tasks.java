package dev.retain.benchmarks.lineup;

import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is measured. */
public final class Tasks {
  private static final int LENGTH = 2048;
  private static final int LONG = 8192;
  private static final int SHORTEST_PROMPT = 1 << 10;
  private static final int LONGEST_PROMPT = 1 << 20;
  private static final int LONGEST_PROMPT_QUICKLY = 1 << 14;
  private static final int SMALL_BATCH = 8;
  private static final int LARGE_BATCH = 16;
  private static final int ROW = 256;

  private static final String SMALL = "3.8M";
  private static final String MIDDLE = "19.3M";
  private static final String LARGE = "204M";

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
      case GRADIENTS -> gradients(quick);
      case STEPS -> steps(quick);
      case PRODUCTS ->
          IntStream.of(64, 128, 256, 512, 1024).<Task>mapToObj(Task.Product::new).toList();
      case READING ->
          tasks(
              quick,
              List.of(new Task.Prefill(SMALL, LENGTH)),
              List.of(new Task.Prefill(SMALL, LONG), new Task.Prefill(MIDDLE, LENGTH)));
      case DECODING ->
          tasks(
              quick,
              List.of(
                  new Task.Decoding(SMALL, 1),
                  new Task.Decoding(MIDDLE, 1),
                  new Task.Decoding(MIDDLE, LARGE_BATCH)),
              List.of(
                  new Task.Decoding(LARGE, 1),
                  new Task.Decoding(LARGE + ", bf16", 1),
                  new Task.Decoding(LARGE + ", int8", 1)));
      case POSITIONS -> List.of(new Task.LaterToken(SMALL));
      case TRAINING ->
          tasks(
              quick,
              List.of(new Task.Training(SMALL, SMALL_BATCH, ROW)),
              List.of(
                  new Task.Training(SMALL, 1, LENGTH),
                  new Task.Training(MIDDLE, SMALL_BATCH, ROW)));
      case GROWTH -> growth(quick ? LONGEST_PROMPT_QUICKLY : LONGEST_PROMPT);
    };
  }

  private static List<Task> tasks(boolean quick, List<Task> always, List<Task> later) {
    return quick ? always : Stream.concat(always.stream(), later.stream()).toList();
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

  private static List<Task> gradients(boolean quick) {
    return tasks(
        quick,
        List.of(new Task.CoreGradients(Rule.GAMMA, LENGTH)),
        List.of(
            new Task.CoreGradients(Rule.GATED, LENGTH),
            new Task.CoreGradients(Rule.GATED_DELTA, LENGTH)));
  }

  private static List<Task> steps(boolean quick) {
    return tasks(
        quick,
        List.of(new Task.Step(Rule.GAMMA), new Task.Step(Rule.GATED_DELTA)),
        List.of(new Task.Step(Rule.GATED)));
  }

  /** Each four times as long as the one before. */
  private static List<Task> growth(int longest) {
    return IntStream.iterate(SHORTEST_PROMPT, tokens -> tokens <= longest, tokens -> 4 * tokens)
        .<Task>mapToObj(tokens -> new Task.Prefill(SMALL, tokens))
        .toList();
  }

  /** One task for each kind of kernel, of which the lottery starts many JVMs. */
  public static List<Task> ofLottery() {
    List<Task> tasks = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      tasks.add(new Task.Core(rule, LENGTH));
      tasks.add(new Task.CoreGradients(rule, LENGTH));
      tasks.add(new Task.Step(rule));
    }
    tasks.add(new Task.Product(64));
    tasks.add(new Task.Product(512));
    tasks.add(new Task.Decoding(SMALL, 1));
    tasks.add(new Task.Decoding(MIDDLE, LARGE_BATCH));
    tasks.add(new Task.Prefill(SMALL, LENGTH));
    tasks.add(new Task.Training(SMALL, SMALL_BATCH, ROW));
    return tasks;
  }
}
