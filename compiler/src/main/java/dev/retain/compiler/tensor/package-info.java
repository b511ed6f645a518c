/**
 * Tensor programs: graphs of operations on tensors with named axes.
 *
 * <p>One intermediate representation serves two stages. In a <em>step graph</em> time is implicit:
 * every value belongs to the current step, and a {@link dev.retain.compiler.tensor.Operation.Recur}
 * stands for a recurrence. In a <em>form's</em> program batch and time are axes, and the
 * recurrences have been replaced by the operations of that form. Never done here: normal forms,
 * fusion, memory.
 */
package dev.retain.compiler.tensor;
