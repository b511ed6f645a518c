/**
 * The last phase: everything that goes into a model's jar.
 *
 * <p>Enters: a typed model and the stages of its forms. Leaves: a {@link
 * dev.retain.compiler.jar.CompiledModel}: a description of buffers and steps, and class files for
 * each width of vectors. Never done here: the layout of the jar itself, which the runtime knows.
 */
package dev.retain.compiler.jar;
