/**
 * Recurrences by themselves: {@code retain run}.
 *
 * <p>Enters: a definition and a file of inputs. Leaves: a file of outputs and states. Never done
 * here: deriving, compiling or computing anything.
 */
package dev.retain.cli.recurrence;
