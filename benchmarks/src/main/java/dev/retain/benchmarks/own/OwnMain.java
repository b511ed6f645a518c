package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Task;
import java.util.List;

/**
 * A JVM in which Retain does one task: {@code NUMBER TASK...}. The number is what contestants may
 * differ in: of decoding the sequences that are read at once, of later tokens those before, of all
 * else the steps of a chunk.
 */
public final class OwnMain {
  private OwnMain() {}

  public static void main(String[] arguments) throws Exception {
    int number = Integer.parseInt(arguments[0]);
    List<String> words = List.of(arguments).subList(1, arguments.length);
    Rounds.serve(() ->
        switch (Task.of(words)) {
          case Task.Core(var rule, int steps) -> CoreWork.chunkwise(rule, steps, number);
          case Task.CoreGradients(var rule, int steps) ->
              new CoreGradientsWork(rule, steps, number);
          case Task.Step(var rule) -> CoreWork.step(rule);
          case Task.Product(int size) -> new ProductWork(size);
          case Task.Decoding(String model, int sequences) ->
              new DecodingWork(model, sequences, number);
          case Task.LaterToken(String model) -> new LaterTokenWork(model, number);
          case Task.Prefill(String model, int tokens) -> new PrefillWork(model, tokens, number);
          case Task.Training(String model, int sequences, int tokens) ->
              new TrainingWork(model, sequences, tokens, number);
        });
  }
}
