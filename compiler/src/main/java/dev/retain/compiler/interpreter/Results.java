package dev.retain.compiler.interpreter;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a program or a recurrence computes: new arrays of doubles, of rank 0 where a value has no
 * axes.
 *
 * @param nextStates the values after the block, by path
 * @param gradients by name, if the program has any; one may lack axes along which it is the same
 */
public record Results(
    INDArray output, Map<String, INDArray> nextStates, Map<String, INDArray> gradients) {
  public Results {
    nextStates = Map.copyOf(nextStates);
    gradients = Map.copyOf(gradients);
  }

  /** Of what only goes forward. */
  public Results(INDArray output, Map<String, INDArray> nextStates) {
    this(output, nextStates, Map.of());
  }
}
