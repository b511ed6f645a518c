/**
 * Retain beside its peers, and beside what the machine can do: the command {@code retain bench}.
 *
 * <p>Never done here: anything that another module needs.
 */
package dev.retain.benchmarks;
