/**
 * What every command shares: streams, exit codes, options, and the look of tables and numbers.
 *
 * <p>Arguments enter; text on two streams and an exit code leave. Nothing here knows a command, the
 * compiler or a model, so that a model's own jar can carry it.
 */
package dev.retain.cli.console;
