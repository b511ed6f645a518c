/**
 * From one file to all declarations that it can see.
 *
 * <p>Enters: the path of a file. Leaves: a {@link dev.retain.compiler.names.Program}: that file,
 * the files that it imports, and for each of them which declaration every name means. Never done
 * here: sizes, shapes, anything that depends on hyperparameters.
 */
package dev.retain.compiler.names;
