/**
 * What a model is trained on: text or tokens enter, batches leave, each of which follows from its
 * number alone, so that a run can go on at any of them.
 *
 * <p>Never done here: anything with a model, and anything by chance that a seed does not give.
 */
package dev.retain.runtime.training.data;
