/**
 * What this machine can do at most, so that a speed can be told as a share of it.
 *
 * <p>Leaves: numbers that were measured. Never done here: anything a model needs.
 */
package dev.retain.runtime.limits;
