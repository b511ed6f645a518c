/**
 * Weights that are stored in fewer bytes than are computed with.
 *
 * <p>Enters: the step graph of a model, and the tensor programs of its forms. Leaves: which
 * parameters are stored small, and the same programs with the scales of those that are whole
 * numbers behind the products. Never done here: rounding, which the runtime knows; and anything
 * about how kernels read small numbers.
 */
package dev.retain.compiler.storage;
