/**
 * The command that shows the whole way, from a definition to a trained jar.
 *
 * <p>It goes the way by the other commands, as a user would. Never done here: anything that they do
 * not do.
 */
package dev.retain.cli.demo;
