package dev.retain.compiler.tensor;

/** The pointwise functions that everything else is made of. */
public enum Function {
  ADD("+", 2),
  SUBTRACT("-", 2),
  MULTIPLY("*", 2),
  DIVIDE("/", 2),
  POWER("^", 2),
  NEGATE("-", 1),
  EXP("exp", 1),
  LOG("log", 1),
  SQRT("sqrt", 1),
  ERF("erf", 1),
  TANH("tanh", 1),
  SIN("sin", 1),
  COS("cos", 1),
  ABS("abs", 1),
  MAX("max", 2),
  MIN("min", 2),
  /** 1 where the first is less than the second, else 0. */
  LESS("less", 2),
  /** 1 where the first is at most the second, else 0. */
  LESS_OR_EQUAL("at_most", 2),
  /** 1 where both are the same number, else 0. */
  EQUAL("equal", 2),
  /**
   * The second where the first is not 0, else the third. The other one may be anything, even NaN.
   */
  SELECT("select", 3),
  /** A wide number rounded to the program's type: the value that a step really multiplies with. */
  ROUND("round", 1),
  /** The value itself, which derivatives take for a constant. */
  STOP_GRADIENT("stop_gradient", 1);

  private final String symbol;
  private final int arity;

  Function(String symbol, int arity) {
    this.symbol = symbol;
    this.arity = arity;
  }

  /** How the function is written in dumps. */
  public String symbol() {
    return symbol;
  }

  public int arity() {
    return arity;
  }

  /** Whether kernels compute it of a whole vector at once; others they compute one by one. */
  public boolean isInVectors() {
    return switch (this) {
      case ADD,
          SUBTRACT,
          MULTIPLY,
          DIVIDE,
          NEGATE,
          EXP,
          SQRT,
          TANH,
          ABS,
          MAX,
          MIN,
          LESS,
          LESS_OR_EQUAL,
          EQUAL,
          SELECT,
          STOP_GRADIENT ->
          true;
      case POWER, LOG, ERF, SIN, COS, ROUND -> false;
    };
  }

  /** The function of plain numbers, as Java computes it. */
  public double apply(double... x) {
    return switch (this) {
      case ADD -> x[0] + x[1];
      case SUBTRACT -> x[0] - x[1];
      case MULTIPLY -> x[0] * x[1];
      case DIVIDE -> x[0] / x[1];
      case POWER -> Math.pow(x[0], x[1]);
      case NEGATE -> -x[0];
      case EXP -> Math.exp(x[0]);
      case LOG -> Math.log(x[0]);
      case SQRT -> Math.sqrt(x[0]);
      case ERF -> org.apache.commons.numbers.gamma.Erf.value(x[0]);
      case TANH -> Math.tanh(x[0]);
      case SIN -> Math.sin(x[0]);
      case COS -> Math.cos(x[0]);
      case ABS -> Math.abs(x[0]);
      case MAX -> Math.max(x[0], x[1]);
      case MIN -> Math.min(x[0], x[1]);
      case LESS -> x[0] < x[1] ? 1 : 0;
      case LESS_OR_EQUAL -> x[0] <= x[1] ? 1 : 0;
      case EQUAL -> x[0] == x[1] ? 1 : 0;
      case SELECT -> x[0] != 0 ? x[1] : x[2];
      case ROUND, STOP_GRADIENT -> x[0];
    };
  }
}
