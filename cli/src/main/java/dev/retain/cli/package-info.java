/**
 * The {@code retain} command.
 *
 * <p>Arguments enter, text and an exit status leave. Nothing here computes: it calls the compiler
 * and the runtime and tells what they said.
 */
package dev.retain.cli;
