/**
 * The start of a jar that runs by itself.
 *
 * <p>Enters: a command line, in any JVM from Java 11 on, for which this package alone is compiled.
 * Leaves: the program proper, in a JVM that has what it needs, or one line that says what is
 * missing. Never done here: anything that needs another class of Retain.
 */
package dev.retain.runtime.launch;
