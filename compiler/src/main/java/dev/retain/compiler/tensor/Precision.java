package dev.retain.compiler.tensor;

/** In which numbers a value is computed and kept. */
public enum Precision {
  /** The program's own type, float32 or float64: activations, parameters, states. */
  REAL,
  /** Always float64: constants such as decays and angles, positions, and what is made of them. */
  WIDE,
  /** Whole numbers: tokens. */
  WHOLE
}
