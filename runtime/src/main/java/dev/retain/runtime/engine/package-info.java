/**
 * Runs the program of a form on this machine: memory plan, addresses, workers.
 *
 * <p>Enters: a {@link dev.retain.runtime.program.FormProgram}, its kernels, the memory of
 * parameters and states. Leaves: outputs and next states in native memory. Never done here: tokens,
 * blocks, files; nothing here allocates while it runs.
 */
package dev.retain.runtime.engine;
