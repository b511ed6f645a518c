package dev.retain.peers.onnxruntime;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Task;
import java.util.List;

/** A JVM in which ONNX Runtime does one task: {@code TASK...}. */
public final class OnnxRuntimePeer {
  private OnnxRuntimePeer() {}

  public static void main(String[] arguments) throws Exception {
    Rounds.serve(() ->
        switch (Task.of(List.of(arguments))) {
          case Task.Core(var rule, int steps) -> AttentionWork.core(rule, steps);
          case Task.Step(var rule) -> AttentionWork.step(rule);
          case Task.Product(int size) -> GraphWork.product(size);
          case Task.Prefill(String model, int tokens) ->
              ModelWork.prefill(RetNet.of(model), tokens);
          case Task.Decoding(String model, _) -> ModelWork.decoding(RetNet.of(model));
          case Task.CoreGradients _, Task.Training _ ->
              throw new IllegalArgumentException("it does not differentiate");
          case Task.LaterToken _ ->
              throw new IllegalArgumentException("its states are as large after each token");
        });
  }
}
