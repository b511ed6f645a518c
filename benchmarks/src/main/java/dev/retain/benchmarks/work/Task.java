package dev.retain.benchmarks.work;

import java.util.List;

/** Something to do, the same for every contestant. In float32. */
public sealed interface Task {
  /** Words that name it, from which {@link #of} makes it again. */
  List<String> words();

  /** The multiplications and additions that it takes; 0 if they do not count. */
  double operations();

  /** A retention core over so many steps, from rest: {@link CoreInputs}. */
  record Core(Rule rule, int steps) implements Task {
    @Override
    public List<String> words() {
      return List.of("core", rule.toString(), Integer.toString(steps));
    }

    /** Those of the recurrent form, which has the fewest: what is written, kept and read. */
    @Override
    public double operations() {
      double each = (double) CoreInputs.HEADS * CoreInputs.KEY * CoreInputs.VALUE;
      return steps * each * (rule == Rule.GATED_DELTA ? 7 : 5);
    }
  }

  /** One step of a retention core, from the state after the one before. */
  record Step(Rule rule) implements Task {
    @Override
    public List<String> words() {
      return List.of("step", rule.toString());
    }

    @Override
    public double operations() {
      return new Core(rule, 1).operations();
    }
  }

  /** A product of two square matrices. */
  record Product(int size) implements Task {
    @Override
    public List<String> words() {
      return List.of("product", Integer.toString(size));
    }

    @Override
    public double operations() {
      return 2.0 * size * size * size;
    }
  }

  /** One token more of a sequence, by a whole model of a size that has a name. */
  record Decoding(String model) implements Task {
    @Override
    public List<String> words() {
      return List.of("decoding", model);
    }

    @Override
    public double operations() {
      return 0;
    }
  }

  /** So many tokens of a sequence, by a whole model in its chunkwise form. */
  record Prefill(String model, int tokens) implements Task {
    @Override
    public List<String> words() {
      return List.of("prefill", model, Integer.toString(tokens));
    }

    @Override
    public double operations() {
      return 0;
    }
  }

  static Task of(List<String> words) {
    return switch (words.getFirst()) {
      case "core" -> new Core(Rule.of(words.get(1)), Integer.parseInt(words.get(2)));
      case "step" -> new Step(Rule.of(words.get(1)));
      case "product" -> new Product(Integer.parseInt(words.get(1)));
      case "decoding" -> new Decoding(words.get(1));
      case "prefill" -> new Prefill(words.get(1), Integer.parseInt(words.get(2)));
      default -> throw new IllegalArgumentException("no task: " + words);
    };
  }
}
