/**
 * Products over ranges of steps as sums of logarithms, so that no product underflows on the way and
 * none is ever a quotient.
 *
 * <p>Enters: a tensor program. Leaves: the same program without products over ranges, for the
 * stages. Never done here: what gets memory, and anything exact; proofs and the interpreter take
 * the program as it was.
 */
package dev.retain.compiler.decays;
