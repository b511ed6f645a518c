package dev.retain.compiler.names;

import dev.retain.compiler.tensor.Function;
import java.util.List;
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

  /** Gives back its argument, which counts as constant where the result is differentiated. */
  public static final String STOP_GRADIENT = "stop_gradient";

  /** Sets numbers to 0 at random while a model is trained: {@code dropout(x, rate)}. */
  public static final String DROPOUT = "dropout";

  /** Functions that work over axes: their number of arguments. */
  public static final Map<String, Integer> OVER =
      Map.of("sum", 1, "mean", 1, "maximum", 1, "turn", 2);

  /** Those of them that also work over the positions of a form. */
  static final Set<String> OVER_POSITIONS = Set.of("sum", "mean", "maximum");

  /** Of the block of steps that a form computes: its length, that of whole ones, what is before. */
  public static final List<String> OF_A_BLOCK = List.of("length", "chunk", "start");

  /** The distributions of initial values. */
  public static final Set<String> DISTRIBUTIONS = Set.of("normal", "uniform");

  private Builtins() {}

  static Set<String> names() {
    Set<String> names = new TreeSet<>(POINTWISE.keySet());
    names.addAll(OVER.keySet());
    names.add(STOP_GRADIENT);
    names.add(DROPOUT);
    return names;
  }
}
