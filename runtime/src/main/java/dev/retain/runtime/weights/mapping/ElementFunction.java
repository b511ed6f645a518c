package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.NativeTensor;
import java.util.Locale;
import java.util.OptionalLong;

/** How an own element comes from a stored one, computed in double; the inverse leads back. */
enum ElementFunction {
  SAME,
  EXP,
  LOG;

  ElementFunction inverse() {
    return switch (this) {
      case SAME -> SAME;
      case EXP -> LOG;
      case LOG -> EXP;
    };
  }

  /** Replaces every element. Returns the place of the first that becomes infinite or no number. */
  OptionalLong applyTo(NativeTensor tensor) {
    if (this == SAME) {
      return OptionalLong.empty();
    }
    for (long i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, apply(tensor.getDouble(i)));
      if (!Double.isFinite(tensor.getDouble(i))) {
        return OptionalLong.of(i);
      }
    }
    return OptionalLong.empty();
  }

  private double apply(double x) {
    return switch (this) {
      case SAME -> x;
      case EXP -> StrictMath.exp(x);
      case LOG -> StrictMath.log(x);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
