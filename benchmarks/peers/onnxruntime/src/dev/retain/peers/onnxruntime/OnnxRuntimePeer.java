package dev.retain.peers.onnxruntime;

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
          case Task.Decoding _, Task.Prefill _ ->
              throw new IllegalArgumentException("no whole models here");
        });
  }
}
