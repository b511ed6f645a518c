package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDManager;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.RetNet;
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
          case Task.CoreGradients(var rule, int steps) ->
              coreGradients(manager, arguments[0], rule, steps);
          case Task.Step(var rule) -> step(manager, rule);
          case Task.Product(int size) -> new ProductWork(manager, size);
          case Task.Decoding(String model, _) -> new DecodingWork(manager, RetNet.of(model));
          case Task.Prefill(String model, int tokens) ->
              new PrefillWork(manager, RetNet.of(model), tokens);
          case Task.Training(String model, int sequences, int tokens) ->
              TrainingWork.of(manager, RetNet.of(model), sequences, tokens);
          case Task.LaterToken _ ->
              throw new IllegalArgumentException("its states are as large after each token");
        });
  }

  private static Work core(NDManager manager, String form, Rule rule, int steps) {
    requireGamma(rule);
    Heads heads = new Heads(manager, CoreInputs.of(rule, steps));
    return form.equals("recurrent")
        ? new RecurrentWork(manager, heads)
        : new CoreWork(manager, form(manager, form, steps), heads);
  }

  private static Work coreGradients(NDManager manager, String form, Rule rule, int steps) {
    requireGamma(rule);
    CoreInputs inputs = CoreInputs.of(rule, steps);
    Heads heads = new Heads(manager, inputs);
    return new CoreGradientsWork(manager, form(manager, form, steps), heads, inputs);
  }

  private static CoreForm form(NDManager manager, String form, int steps) {
    return form.equals("parallel")
        ? new ParallelForm(manager, steps)
        : new ChunkwiseForm(manager, steps, Integer.parseInt(form));
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
