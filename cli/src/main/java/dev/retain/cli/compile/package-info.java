/**
 * The commands that need the compiler: check, compile, dump, demo.
 *
 * <p>Definitions enter; reports and model jars leave. Never here: any step of the compiler, which
 * is asked through its one public entry.
 */
package dev.retain.cli.compile;
