package dev.retain.runtime.program;

import java.util.List;

/** How the values of a parameter are drawn when no weights are given. */
public sealed interface Initial {
  /** Evenly between -bound and bound. */
  record Uniform(double bound) implements Initial {}

  /** From the normal distribution of mean 0 and this standard deviation. */
  record Normal(double deviation) implements Initial {}

  /** Every element the same. */
  record Fill(double value) implements Initial {}

  /** Each element given, in row-major order. */
  record Listed(List<Double> values) implements Initial {
    public Listed {
      values = List.copyOf(values);
    }
  }
}
