package dev.retain.cli.run;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How well logits predicted tokens: the sum of -log p(token), in nats and in double. */
final class CrossEntropy {
  private double nats;
  private long tokens;

  /**
   * Counts some steps of one sequence.
   *
   * @param logits [1, count, vocabulary]
   * @param targets the token that followed step i stands at {@code from + i}
   * @throws RetainException if logits are not finite
   */
  void add(NativeTensor logits, int[] targets, int from, int count) {
    int vocabulary = (int) (logits.size() / count);
    for (int step = 0; step < count; step++) {
      double loss = loss(logits, step * vocabulary, vocabulary, targets[from + step]);
      if (!Double.isFinite(loss)) {
        throw new RetainException(
            "the logits after token "
                + (tokens + 1)
                + " are not finite: the model's weights are not usable; check them, or compile with"
                + " --dtype f64");
      }
      nats += loss;
      tokens++;
    }
  }

  private static double loss(NativeTensor logits, int row, int vocabulary, int target) {
    MemorySegment memory = logits.segment();
    return logits.type() == ElementType.F32
        ? logSumExpFloat(memory, 4L * row, vocabulary) - logits.getDouble(row + target)
        : logSumExpDouble(memory, 8L * row, vocabulary) - logits.getDouble(row + target);
  }

  // Two loops of few instructions, twice: a call that chooses the type for each element would take
  // as long as a small model does.

  private static double logSumExpFloat(MemorySegment memory, long offset, int count) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, memory.get(ValueLayout.JAVA_FLOAT, offset + 4L * i));
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp((double) memory.get(ValueLayout.JAVA_FLOAT, offset + 4L * i) - largest);
    }
    return largest + Math.log(sum);
  }

  private static double logSumExpDouble(MemorySegment memory, long offset, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, memory.get(ValueLayout.JAVA_DOUBLE, offset + 8L * i));
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(memory.get(ValueLayout.JAVA_DOUBLE, offset + 8L * i) - largest);
    }
    return largest + Math.log(sum);
  }

  /** How many tokens were predicted. */
  long tokens() {
    return tokens;
  }

  double bitsPerToken() {
    return nats / tokens / Math.log(2);
  }

  double perplexity() {
    return Math.exp(nats / tokens);
  }
}
