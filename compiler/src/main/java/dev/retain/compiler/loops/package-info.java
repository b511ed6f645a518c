/**
 * Loop programs: the last place where a decision is made.
 *
 * <p>Enters: the stages of a tensor program ({@code fusion}). Leaves: {@link
 * dev.retain.compiler.loops.Kernel}s, whose loops, tiles, vector widths and tails are all spelled
 * out, so that they can be printed, verified and tuned. Never done here: bytecode, and anything
 * about recurrences.
 */
package dev.retain.compiler.loops;
