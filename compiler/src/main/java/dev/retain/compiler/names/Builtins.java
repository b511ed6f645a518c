package dev.retain.compiler.names;

import dev.retain.compiler.tensor.Function;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The functions that are not written in the language. */
public final class Builtins {
  /** Pointwise functions by name. */
  public static final Map<String, Function> POINTWISE =
      Map.of(
          "exp", Function.EXP,
          "log", Function.LOG,
          "sqrt", Function.SQRT,
          "erf", Function.ERF,
          "tanh", Function.TANH,
          "sin", Function.SIN,
          "cos", Function.COS,
          "abs", Function.ABS,
          "max", Function.MAX,
          "min", Function.MIN);

  /** Functions that work over axes: their number of arguments. */
  public static final Map<String, Integer> OVER =
      Map.of("sum", 1, "mean", 1, "maximum", 1, "turn", 2);

  /** The distributions of initial values. */
  public static final Set<String> DISTRIBUTIONS = Set.of("normal", "uniform");

  private Builtins() {}

  static Set<String> names() {
    Set<String> names = new TreeSet<>(POINTWISE.keySet());
    names.addAll(OVER.keySet());
    return names;
  }
}
