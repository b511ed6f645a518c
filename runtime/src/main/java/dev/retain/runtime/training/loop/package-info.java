/**
 * The training loop: a model, data and settings enter; changed weights, checkpoints and reports of
 * every step leave.
 *
 * <p>Never done here: showing reports, or a result that depends on a clock or on the number of
 * threads.
 */
package dev.retain.runtime.training.loop;
