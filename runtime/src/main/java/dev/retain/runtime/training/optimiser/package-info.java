/**
 * How weights change: gradients enter, and the weights are changed in place.
 *
 * <p>Never done here: gradients themselves, and any sum whose order depends on the number of
 * threads.
 */
package dev.retain.runtime.training.optimiser;
