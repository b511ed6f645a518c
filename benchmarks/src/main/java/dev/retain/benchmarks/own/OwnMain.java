package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Task;
import java.util.List;

/** A JVM in which Retain does one task: {@code CHUNK TASK...}. */
public final class OwnMain {
  private OwnMain() {}

  public static void main(String[] arguments) throws Exception {
    int chunk = Integer.parseInt(arguments[0]);
    List<String> words = List.of(arguments).subList(1, arguments.length);
    Rounds.serve(() ->
        switch (Task.of(words)) {
          case Task.Core(var rule, int steps) -> CoreWork.chunkwise(rule, steps, chunk);
          case Task.Step(var rule) -> CoreWork.step(rule);
          case Task.Product(int size) -> new ProductWork(size);
          case Task.Decoding(String model) -> new DecodingWork(OwnModel.of(model));
          case Task.Prefill(String model, int tokens) ->
              new PrefillWork(OwnModel.of(model), tokens, chunk);
        });
  }
}
