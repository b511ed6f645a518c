package dev.retain.compiler.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A recurrence that nobody has written: states, decays, rotations, reads, micro-steps and read-outs
 * as a seed says.
 *
 * @param sizes of K, V and the heads; no heads if 0
 */
record RandomRecurrence(String text, int keys, int values, int heads) {
  /** Inputs of every recurrence, with their axes and roles. */
  static final String INPUTS =
      """
        const c: [], cK: [K], cV: [V], theta: [pair]
        param p: [], pK: [K]
        in    a: [], b: [], phi: [pair]
        in    q: [K], k: [K], w: [K], u: [K], l: [K]
        in    v: [V], x: [V], y: [V]
      """;

  static RandomRecurrence of(long seed) {
    return new Author(new Random(seed)).write();
  }

  private static final class Author {
    private final Random random;
    private final List<State> states = new ArrayList<>();
    private final List<String> equations = new ArrayList<>();

    private record State(String name, boolean keys, boolean values) {
      String axes() {
        return keys ? values ? "[K, V]" : "[K]" : values ? "[V]" : "[]";
      }
    }

    Author(Random random) {
      this.random = random;
    }

    RandomRecurrence write() {
      int count = 1 + random.nextInt(3);
      for (int s = 0; s < count; s++) {
        boolean matrix = s == 0 || random.nextBoolean();
        boolean keys = matrix || random.nextBoolean();
        boolean values = matrix || !keys && random.nextBoolean();
        states.add(new State("S" + s, keys, values));
      }
      StringBuilder text = new StringBuilder("recurrence R {\n  axis  K, V, pair = K / 2\n");
      text.append(INPUTS);
      for (State state : states) {
        text.append("  state %s: %s = %s\n".formatted(state.name, state.axes(), initial()));
      }
      for (int s = 0; s < count; s++) {
        equation(s);
      }
      equations.forEach(line -> text.append("  ").append(line).append('\n'));
      text.append("  out ").append(out()).append("\n}\n");
      int heads = random.nextInt(3);
      return new RandomRecurrence(
          text.toString(), 2 * (1 + random.nextInt(3)), 1 + random.nextInt(5), heads);
    }

    private String initial() {
      return random.nextInt(8) == 0 ? "0.5" : "0";
    }

    private String one(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    private void equation(int s) {
      State state = states.get(s);
      String before = state.name;
      int steps = state.keys && state.values && random.nextInt(3) == 0 ? 2 : 1;
      for (int step = 1; step <= steps; step++) {
        String name = step == steps ? state.name + "'" : state.name + "m" + step;
        StringBuilder sum = new StringBuilder(kept(state, before));
        for (int r = random.nextInt(3); r > 0; r--) {
          sum.append(" + ").append(number()).append(read(s, before));
        }
        sum.append(" + ").append(written(state));
        equations.add(name + " = " + sum);
        before = name;
      }
    }

    private String number() {
      return one("", "", "0.5 * ", "b * ", "-");
    }

    private String kept(State state, String before) {
      int kind = random.nextInt(12);
      String turned =
          state.keys && random.nextInt(4) == 0
              ? one("turn(%s, theta over K)", "turn(%s, phi over K)", "turn(%s, -theta over K)")
                  .formatted(before)
              : before;
      return switch (kind) {
        case 0 -> turned;
        case 1 -> one("c", "p", "0.75", "c * p") + " * " + turned;
        case 2, 3 -> one("a", "exp(-a * a)", "1 / (1 + exp(a))", "a * b") + " * " + turned;
        case 4, 5 -> state.keys ? one("w", "exp(-l * l)", "cK", "pK * w") + " * " + before : turned;
        case 6, 7 -> state.values ? one("x", "exp(-y * y)", "cV") + " * " + before : turned;
        case 8 ->
            state.keys && state.values
                ? one("w * x", "exp(-w * w * x * x)", "cK * cV", "1 / (1 + exp(w * x))")
                    + " * "
                    + before
                : turned;
        case 9 -> "a * " + turned + " + b * " + turned;
        case 10 -> "(1 - a) * " + turned;
        default -> "0 * " + before;
      };
    }

    /** A read of this state, or of one that another equation has, of the right axes. */
    private String read(int s, String before) {
      State state = states.get(s);
      int other = random.nextInt(states.size());
      State from = states.get(other);
      String value = other == s ? before : from.name + (other < s ? one("", "'") : "");
      String key = one("k", "w", "u", "l");
      String second = one("k", "q", "u", "l");
      String vector = one("v", "x", "y");
      if (state.keys && state.values) {
        if (from.keys && from.values) {
          return random.nextInt(6) == 0
              ? "(%s @ %s) * %s".formatted(value, vector, one("v", "x"))
              : "%s * (%s @ %s)".formatted(second, key, value);
        }
        return from.keys
            ? "(%s * %s)".formatted(value, vector)
            : "(%s * %s)".formatted(second, value);
      }
      String read = value;
      if (from.keys && !state.keys) {
        read = "(%s @ %s)".formatted(key, read);
      }
      if (from.values && !state.values) {
        read = "(%s @ %s)".formatted(read, vector);
      }
      return read;
    }

    private String written(State state) {
      String key = one("k", "l", "k * w");
      String value = one("v", "y", "(1 - x)");
      return state.keys
          ? state.values ? key + " * " + value : key
          : state.values ? value : one("b", "1");
    }

    private String out() {
      StringBuilder sum = new StringBuilder();
      for (State state : states) {
        String value = state.name + one("", "'", "'", "'");
        String read = state.keys ? "(%s @ %s)".formatted(one("q", "k", "w"), value) : value;
        sum.append(sum.isEmpty() ? "" : " + ");
        sum.append(
            switch (random.nextInt(4)) {
              case 0 -> "%s / (2 + b * b)".formatted(read);
              case 1 -> "%s / (2 + %s ^ 2)".formatted(read, read);
              default -> read;
            });
      }
      return "v + " + sum;
    }
  }
}
