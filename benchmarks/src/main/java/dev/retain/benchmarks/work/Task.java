package dev.retain.benchmarks.work;

import java.util.List;

/** Something to do, the same for every contestant. In float32. */
public sealed interface Task {
  /** Words that name it, from which {@link #of} makes it again. */
  List<String> words();

  /** The multiplications and additions that it takes; 0 if they do not count. */
  default double operations() {
    return 0;
  }

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

  /** The same, and back from {@link CoreInputs#flowing} to query, key and value. */
  record CoreGradients(Rule rule, int steps) implements Task {
    @Override
    public List<String> words() {
      return List.of("core-gradients", rule.toString(), Integer.toString(steps));
    }

    /** As for a product of matrices, of which one forward makes two on the way back. */
    @Override
    public double operations() {
      return 3 * new Core(rule, steps).operations();
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

  /** One token more of each of so many sequences, by a whole model of a size that has a name. */
  record Decoding(String model, int sequences) implements Task {
    @Override
    public List<String> words() {
      return List.of("decoding", model, Integer.toString(sequences));
    }
  }

  /** One token more of a sequence that is as long already as the contestant's name says. */
  record LaterToken(String model) implements Task {
    @Override
    public List<String> words() {
      return List.of("later-token", model);
    }
  }

  /** So many tokens of a sequence, by a whole model, in the form that the contestant has. */
  record Prefill(String model, int tokens) implements Task {
    @Override
    public List<String> words() {
      return List.of("prefill", model, Integer.toString(tokens));
    }
  }

  /** The gradients of all weights of a model, of the mean loss of a batch from rest. */
  record Training(String model, int sequences, int tokens) implements Task {
    @Override
    public List<String> words() {
      return List.of("training", model, Integer.toString(sequences), Integer.toString(tokens));
    }

    @Override
    public double operations() {
      return (double) sequences * tokens * RetNet.of(model).trainingOperations();
    }
  }

  static Task of(List<String> words) {
    return switch (words.getFirst()) {
      case "core" -> new Core(Rule.of(words.get(1)), number(words, 2));
      case "core-gradients" -> new CoreGradients(Rule.of(words.get(1)), number(words, 2));
      case "step" -> new Step(Rule.of(words.get(1)));
      case "product" -> new Product(number(words, 1));
      case "decoding" -> new Decoding(words.get(1), number(words, 2));
      case "later-token" -> new LaterToken(words.get(1));
      case "prefill" -> new Prefill(words.get(1), number(words, 2));
      case "training" -> new Training(words.get(1), number(words, 2), number(words, 3));
      default -> throw new IllegalArgumentException("no task: " + words);
    };
  }

  private static int number(List<String> words, int place) {
    return Integer.parseInt(words.get(place));
  }
}
