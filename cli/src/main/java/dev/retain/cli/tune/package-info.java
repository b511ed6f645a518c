/**
 * The search for chunks and tiles that are faster on this machine.
 *
 * <p>A definition enters; what was measured leaves, for people, for programs and for the cache that
 * `retain compile` and `retain train` look it up in.
 */
package dev.retain.cli.tune;
