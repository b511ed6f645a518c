/** Standings enter; tables, lines of JSON and a plot leave. */
package dev.retain.benchmarks.report;
