/**
 * Training: batches of tokens enter, gradients are summed, an optimiser changes the weights, and a
 * checkpoint keeps all that a later run needs to go on to the bit.
 *
 * <p>Never done here: deriving gradients, which are programs that the compiler made.
 */
package dev.retain.runtime.training;
