/**
 * Derivatives of tensor programs, in reverse mode: what a change of the output is worth flows back
 * to parameters, constants, inputs and the states before the block.
 *
 * <p>The adjoint of a recurrence is a recurrence that runs backwards. Here that needs no rule of
 * its own: the program of a block is differentiated as it stands, from what flows back to the
 * states after it to what flows on to the states before it, so each form has its own derivative,
 * and blocks are chained from the last to the first.
 *
 * <p>Enters: a {@link dev.retain.compiler.tensor.TensorProgram} that goes forward. Leaves: the same
 * program with further nodes behind it, and their names in {@link
 * dev.retain.compiler.tensor.TensorProgram#gradients}. Never done here: what is kept in memory and
 * what is computed again, which is decided by {@link dev.retain.compiler.fusion}.
 */
package dev.retain.compiler.autodiff;
