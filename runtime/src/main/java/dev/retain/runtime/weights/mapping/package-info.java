/**
 * A model's tensors under the names and in the layouts of foreign checkpoints, in both directions.
 *
 * <p>What enters: a {@code .names.json} file beside the model, a file of weights, the descriptions
 * of the model's tensors. What leaves: the model's tensors, the same under foreign names, the
 * hyperparameters that the shapes of a file imply, or one message with everything that does not
 * fit. What is never done here: knowing any model or checkpoint; all of that is data.
 */
package dev.retain.runtime.weights.mapping;
