/**
 * What a long task says of itself while it runs.
 *
 * <p>What enters: how much is done. What leaves: lines on standard error. What is never done here:
 * results; those are for standard output.
 */
package dev.retain.runtime.progress;
