/**
 * The interpreter of tensor programs over ND4J, in double: the oracle against which every compiled
 * kernel is tested, and the meaning of a recurrence against which every derived form is.
 *
 * <p>Enters: a program or a recurrence, and the arrays that its names stand for. Leaves: the values
 * of its output and of the next states. Never done here: fusion, reuse of memory, rounding to a
 * program's own type; an operation is evaluated as it is written.
 */
package dev.retain.compiler.interpreter;
