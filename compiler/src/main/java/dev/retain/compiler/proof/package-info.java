/**
 * Forms of a recurrence proved to be the same function as its steps, or refuted.
 *
 * <p>Enters: a recurrence over small axes and, for each form, a tensor program. Leaves: a verdict
 * with its scope. Never done here: deriving forms, native libraries.
 */
package dev.retain.compiler.proof;
