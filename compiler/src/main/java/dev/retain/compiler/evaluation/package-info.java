/**
 * Forms held against each other: tensor programs evaluated element by element, in any numbers.
 *
 * <p>Enters: a recurrence and, for each form, a tensor program. Leaves: how far the forms are
 * apart, or where they differ. {@link dev.retain.compiler.evaluation.GraphEvaluator} computes in
 * the numbers that an {@link dev.retain.compiler.evaluation.Algebra} defines; {@link
 * dev.retain.compiler.evaluation.EquivalenceChecker} uses float64 and random inputs, which tests a
 * statement and proves nothing. Never done here: native libraries, speed.
 */
package dev.retain.compiler.evaluation;
