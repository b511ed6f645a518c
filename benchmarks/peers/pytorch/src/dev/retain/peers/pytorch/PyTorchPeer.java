package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDManager;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import dev.retain.benchmarks.work.Work;
import java.util.List;

/**
 * A JVM in which PyTorch does one task: {@code FORM TASK...}. FORM is parallel, recurrent, or the
 * steps of a chunk; where a task has no forms, it does not count.
 */
public final class PyTorchPeer {
  private PyTorchPeer() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments).subList(1, arguments.length);
    NDManager manager = NDManager.newBaseManager();
    Rounds.serve(() ->
        switch (Task.of(words)) {
          case Task.Core(var rule, int steps) -> core(manager, arguments[0], rule, steps);
          case Task.Step(var rule) -> step(manager, rule);
          case Task.Product(int size) -> new ProductWork(manager, size);
          case Task.Decoding _, Task.Prefill _ ->
              throw new IllegalArgumentException("no whole models here");
        });
  }

  private static Work core(NDManager manager, String form, Rule rule, int steps) {
    requireGamma(rule);
    Heads heads = new Heads(manager, CoreInputs.of(rule, steps));
    return switch (form) {
      case "parallel" -> new ParallelWork(manager, heads);
      case "recurrent" -> new RecurrentWork(manager, heads);
      default -> new ChunkwiseWork(manager, heads, Integer.parseInt(form));
    };
  }

  private static Work step(NDManager manager, Rule rule) {
    requireGamma(rule);
    RecurrentWork work = new RecurrentWork(manager, new Heads(manager, CoreInputs.of(rule, 1)));
    return work::run;
  }

  private static void requireGamma(Rule rule) {
    if (rule != Rule.GAMMA) {
      throw new IllegalArgumentException("torchscale has no decay per step");
    }
  }
}
