/**
 * Which values of a tensor program get memory, and which are computed where they are used.
 *
 * <p>Enters: a {@link dev.retain.compiler.tensor.TensorProgram}. Leaves: a {@link
 * dev.retain.compiler.fusion.StageProgram}: stages in the order in which they run, each of which
 * fills one buffer. Never done here: loops, tiles, addresses.
 */
package dev.retain.compiler.fusion;
