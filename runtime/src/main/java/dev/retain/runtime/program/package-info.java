/**
 * A compiled model as data: what it needs, which states it has, and the steps of every form.
 *
 * <p>Enters: what the compiler found out, or the JSON text in a model's jar. Leaves: immutable
 * records. Never done here: memory, kernels, anything that runs.
 */
package dev.retain.runtime.program;
