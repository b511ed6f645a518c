package dev.retain.runtime.training;

import dev.retain.runtime.memory.NativeTensor;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A model whose loss can be differentiated. Weights and gradients are the model's own memory, the
 * same at every call: an optimiser reads and writes them in place. Used by one thread at a time;
 * its results do not depend on how many workers it has.
 */
public interface GradientModel extends AutoCloseable {
  /** Every learned tensor by its path, in the order of the model; changed in place. */
  SequencedMap<String, NativeTensor> parameters();

  /**
   * For each parameter the sum of the gradients since {@link #clear}; of the same shape and type.
   */
  SequencedMap<String, NativeTensor> gradients();

  /** Sets all gradients to 0. */
  void clear();

  /**
   * Adds the gradient of {@code weight * (sum of the losses of all targets)}.
   *
   * @param weight of each target, such as one over their number in the whole update
   * @param keepState whether the sequences go on where those of the last call ended (truncated
   *     back-propagation: states are carried, gradients are not), rather than begin from rest
   * @param seed from which dropout is drawn; the same seed drops the same elements
   * @return the sum of the losses of all targets, in nats, unweighted
   */
  double accumulate(TrainingBatch batch, double weight, boolean keepState, long seed);

  /** The sum of the losses of all targets, in nats, from rest, without dropout or gradients. */
  double loss(TrainingBatch batch);

  /** The states that the next call with {@code keepState} goes on from: [batch, ...] by path. */
  SequencedMap<String, NativeTensor> states();

  /** Replaces what {@link #states} returns, when a run is resumed. */
  void restore(SequencedMap<String, NativeTensor> states, long[] positions);

  /** How many steps each sequence has made, to be stored beside {@link #states}. */
  long[] positions();

  /**
   * Where the numbers of this batch first stop being finite, such as {@code block.2, step 17}; to
   * be asked when a loss or a gradient is infinite or no number. Changes nothing.
   *
   * @return empty if every value is finite, or if the model cannot tell
   */
  default Optional<String> firstNonFinite(TrainingBatch batch, boolean keepState, long seed) {
    return Optional.empty();
  }

  @Override
  void close();
}
