/**
 * Tensor programs evaluated element by element, in any numbers.
 *
 * <p>Enters: a recurrence or a form, over axes of a few elements, and the numbers that an {@link
 * dev.retain.compiler.evaluation.Algebra} defines. Leaves: the value of every node. Never done
 * here: deciding what two values have to do with each other, native libraries, speed.
 */
package dev.retain.compiler.evaluation;
