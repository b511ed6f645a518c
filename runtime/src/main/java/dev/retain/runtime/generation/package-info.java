/**
 * The choice of the next token.
 *
 * <p>What enters: one row of logits in native memory, and the user's options. What leaves: a token
 * id, the same on every machine for the same seed. What is never done here: running a model.
 */
package dev.retain.runtime.generation;
