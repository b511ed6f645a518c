/**
 * What people see of a training run: reports of the loop enter; a progress line, a log, lines of
 * JSON, event files for TensorBoard and a page of HTML leave.
 *
 * <p>Never done here: anything that training depends on.
 */
package dev.retain.runtime.training.report;
