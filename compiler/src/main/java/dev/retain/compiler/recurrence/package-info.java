/**
 * Recurrences and their normal form.
 *
 * <p>Enters: a {@link dev.retain.compiler.tensor.RecurrenceCall}, the body of one step as a graph.
 * Leaves: its {@link dev.retain.compiler.recurrence.NormalForm}: for each state its decay,
 * rotation, writes and reads, or a diagnostic that points at the term that is not linear. Never
 * done here: forms, time axes, names of model families.
 */
package dev.retain.compiler.recurrence;
