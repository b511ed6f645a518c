/**
 * Forms: from one step to a program for a block of steps.
 *
 * <p>Enters: a step graph and the normal forms of its recurrences. Leaves: a {@link
 * dev.retain.compiler.tensor.TensorProgram} in which batch and time are axes, derived by {@link
 * dev.retain.compiler.forms.FormDerivation} for the recurrent, the parallel or the chunkwise form.
 * Never done here: anything that knows one recurrence from another by name; fusion, loops.
 */
package dev.retain.compiler.forms;
