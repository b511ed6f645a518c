/**
 * Gradients of whole sequences, block by block: forward from the first block to the last one, then
 * back from the last to the first.
 *
 * <p>Only the states between blocks are kept; what a block computes on the way is computed again
 * when it is gone back through. So memory grows with the length of a sequence by one state a block,
 * and a sequence of one block is computed once.
 *
 * <p>Enters: the programs of a form. Leaves: losses, gradients, states. Never done here: what the
 * gradients are used for.
 */
package dev.retain.runtime.training.blocks;
