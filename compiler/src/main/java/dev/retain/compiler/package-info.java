/**
 * The pipeline from the text of a model to the classes that run it.
 *
 * <p>A {@code .ret} file enters, a model or a list of diagnostics leaves. Nothing here knows the
 * name of a model family, and nothing here runs a model.
 */
package dev.retain.compiler;
