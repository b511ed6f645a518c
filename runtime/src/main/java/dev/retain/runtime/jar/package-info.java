/**
 * The file that a compiled model is: description, weights, kernels and source in one jar.
 *
 * <p>Enters: their parts, or a path. Leaves: a jar that is written whole or not at all, or the
 * parts again. Never done here: loading kernels, running.
 */
package dev.retain.runtime.jar;
