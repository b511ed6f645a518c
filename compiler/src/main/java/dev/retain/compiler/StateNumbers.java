package dev.retain.compiler;

import dev.retain.compiler.evaluation.Algebra;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.tensor.Function;
import java.util.List;

/**
 * Numbers in float64, where 0 stays 0 whatever exponential it is multiplied with, and what is
 * rounded is a number of either type.
 */
enum StateNumbers implements Algebra<Double> {
  INSTANCE;

  @Override
  public Double number(double value) {
    return value;
  }

  @Override
  public Double add(Double left, Double right) {
    return RealNumbers.INSTANCE.add(left, right);
  }

  @Override
  public Double multiply(Double left, Double right) {
    return left == 0 || right == 0 ? 0 : RealNumbers.INSTANCE.multiply(left, right);
  }

  @Override
  public Double apply(Function function, List<Double> operands) {
    return switch (function) {
      case MULTIPLY -> multiply(operands.get(0), operands.get(1));
      case ROUND -> (double) operands.getFirst().floatValue();
      default -> RealNumbers.INSTANCE.apply(function, operands);
    };
  }

  @Override
  public int index(Double number) {
    return RealNumbers.INSTANCE.index(number);
  }
}
