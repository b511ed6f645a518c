package dev.retain.compiler.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A recurrence for each class of decay and for each kind of read, write and read-out.
 *
 * <p>No value is near a kink, where a difference says nothing about the slope on either side:
 * inputs are 0 or between 0.8 and -0.8, and so are never near what sizes and choices turn at.
 */
final class RecurrencesByKind {
  private RecurrencesByKind() {}

  /** The lines of a recurrence behind its states, by what it is an example of. */
  static Map<String, String> plain() {
    Map<String, String> kinds = new LinkedHashMap<>();
    decay(kinds, "no decay", "S");
    decay(kinds, "constant scalar", "c * S");
    decay(kinds, "learned scalar", "p * S");
    decay(kinds, "scalar of each step", "a * S");
    decay(kinds, "constant key side", "cK * S");
    decay(kinds, "learned key side", "pK * S");
    decay(kinds, "key side of each step", "w * S");
    decay(kinds, "constant value side", "cV * S");
    decay(kinds, "value side of each step", "x * S");
    decay(kinds, "constant element", "cK * cV * S");
    decay(kinds, "element of each step", "w * x * S");
    decay(kinds, "constant rotation", "a * turn(S, -theta over K)");
    decay(kinds, "constant rotation both ways", "turn(S, theta * c over K)");
    decay(kinds, "learned rotation", "c * turn(S, p * theta over K)");
    decay(kinds, "rotation of each step", "b * turn(S, phi over K)");
    decay(kinds, "sigmoid", "1 / (1 + exp(-a)) * S");
    decay(kinds, "root of a sigmoid", "sqrt(1 / (1 + exp(-w))) * S");
    decay(kinds, "power of a sigmoid", "(1 / (1 + exp(-w))) ^ 0.0625 * S");
    decay(kinds, "learned power", "(1.5 + a) ^ p * S");
    decay(kinds, "whole power", "a ^ 3 * S");
    decay(kinds, "softplus", "exp(-log(1 + exp(w))) * S");
    decay(kinds, "hyperbolic tangent", "(-w * w - 0.1) / (1 + w * w) * S");
    decay(kinds, "difference from 1", "(1 - a) * S");
    decay(kinds, "sum of decays", "a * S + b * S");
    decay(kinds, "size", "abs(w - 0.9) * abs(l + 0.9) * S / 3");
    decay(kinds, "chosen", "max(min(a, 0.9), -2) * min(w, -0.9) * S");
    decay(kinds, "delta rule", "S - b * k * (k @ S)");
    decay(kinds, "gated delta rule", "a * (S - b * k * (k @ S))");
    decay(kinds, "two reads", "w * S + u * (k @ S) - l * (q @ S)");
    decay(kinds, "read along values", "x * S + (S @ y) * v");
    kinds.put(
        "two micro-steps",
        """
          state S: [K, V] = 0.5
          M = a * S + u * (k @ S) + k * v
          S' = w * M - b * l * (l @ M) + l * y
          out q @ S'
        """);
    kinds.put(
        "one state reads another",
        """
          state S: [K, V] = 0, z: [K] = 0, n: [] = 0.5
          S' = a * S + k * (w @ S) + z * v + k * v
          z' = w * z + l * n + k
          n' = b * n + 1
          out (q @ S') / (2 + n' ^ 2) + v * (k @ z)
        """);
    kinds.put(
        "functions of what is read",
        """
          state S: [K, V] = 0
          S' = w * S + k * v
          r = q @ S'
          out sin(r) + cos(r) + erf(r) + exp(r / 4) + log(3 + r ^ 2) + max(v, 0.9) * min(r, 90)
        """);
    return kinds;
  }

  private static void decay(Map<String, String> kinds, String name, String kept) {
    kinds.put(
        name,
        """
          state S: [K, V] = 0
          S' = %s + k * v
          out q @ S' + v
        """
            .formatted(kept));
  }

  /** The same of ratios of states, which are kept over the exponential of a running maximum. */
  static Map<String, String> ratios() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put(
        "a plain ratio",
        """
          state n: [V] = 0, z: [V] = 0
          n' = n + exp(x) * v
          z' = z + exp(x)
          out y * n' / z'
        """);
    kinds.put(
        "a ratio that fades",
        """
          state n: [V] = 0, z: [V] = 0
          n' = exp(cV) * n + exp(x) * v
          z' = exp(cV) * z + exp(x)
          out (n + exp(x + y) * v) / (z + exp(x + y))
        """);
    kinds.put(
        "a ratio of sums over keys",
        """
          state S: [K, V] = 0, z: [K] = 0
          S' = exp(a) * S + exp(k) * v
          z' = exp(a) * z + exp(k)
          out (q * q @ S') / (q * q @ z')
        """);
    return kinds;
  }

  /** With heads, and inputs as random ones have. */
  static RandomRecurrence of(String lines) {
    String text =
        "recurrence R {\n  axis  K, V, pair = K / 2\n" + RandomRecurrence.INPUTS + lines + "}\n";
    return new RandomRecurrence(text, 4, 3, 2);
  }
}
