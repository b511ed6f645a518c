/**
 * From declarations and hyperparameters to one typed model.
 *
 * <p>Enters: a checked {@link dev.retain.compiler.names.Program}, a model's name and settings.
 * Leaves: a {@link dev.retain.compiler.types.Model}: its parameters, constants and the graph of one
 * step, all sizes and shapes known. Never done here: batch and time, forms, anything about memory.
 */
package dev.retain.compiler.types;
