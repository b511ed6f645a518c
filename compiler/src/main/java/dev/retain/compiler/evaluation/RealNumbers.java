package dev.retain.compiler.evaluation;

import dev.retain.compiler.tensor.Function;
import java.util.List;

/** Numbers in float64. */
public enum RealNumbers implements Algebra<Double> {
  INSTANCE;

  @Override
  public Double number(double value) {
    return value;
  }

  @Override
  public Double add(Double left, Double right) {
    return left + right;
  }

  @Override
  public Double multiply(Double left, Double right) {
    return left * right;
  }

  @Override
  public Double apply(Function function, List<Double> operands) {
    return switch (operands.size()) {
      case 1 -> function.apply(operands.get(0));
      case 2 -> function.apply(operands.get(0), operands.get(1));
      default -> function.apply(operands.get(0), operands.get(1), operands.get(2));
    };
  }

  @Override
  public int index(Double number) {
    if (number != Math.rint(number)) {
      throw new IllegalArgumentException(number + " is no index");
    }
    return number.intValue();
  }
}
