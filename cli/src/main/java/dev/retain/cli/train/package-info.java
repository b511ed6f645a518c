/**
 * The commands that train a model, and that write its gradients.
 *
 * <p>Arguments enter; a folder leaves, with a jar, weights, checkpoints and reports. Never done
 * here: the loop itself, which is the runtime's, and derivatives, which are the compiler's.
 */
package dev.retain.cli.train;
