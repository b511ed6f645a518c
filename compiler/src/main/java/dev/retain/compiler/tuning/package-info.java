/**
 * What `retain tune` measured: chunks and tiles that are faster on this machine for a model's
 * shapes, and the cache in which they are found again.
 *
 * <p>A model enters; a choice leaves, or the reason why there is none. Nothing is measured here.
 */
package dev.retain.compiler.tuning;
