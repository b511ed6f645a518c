package dev.retain.compiler.interpreter;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a program or a recurrence computes: new arrays of doubles, of rank 0 where a value has no
 * axes.
 *
 * @param nextStates the values after the block, by path
 */
public record Results(INDArray output, Map<String, INDArray> nextStates) {
  public Results {
    nextStates = Map.copyOf(nextStates);
  }
}
