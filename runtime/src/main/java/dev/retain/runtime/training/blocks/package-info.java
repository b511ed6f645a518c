/**
 * Gradients of whole sequences, block by block: forward from the first block to the last one, then
 * back from the last to the first.
 *
 * <p>What blocks compute on the way forward is kept for the way back while there is room for all of
 * it. If there is not, only the states between blocks are kept, and each block is computed again
 * when it is gone back through: then memory grows with the length of a sequence by one state a
 * block. A sequence of one block is computed once.
 *
 * <p>Enters: the programs of a form. Leaves: losses, gradients, states. Never done here: what the
 * gradients are used for.
 */
package dev.retain.runtime.training.blocks;
