/**
 * The command that trains a model.
 *
 * <p>Arguments enter; a folder leaves, with a jar, weights, checkpoints and reports. The loop
 * itself is the runtime's. What makes a definition's gradients is given: {@link
 * dev.retain.cli.train.GradientModels}.
 */
package dev.retain.cli.train;
