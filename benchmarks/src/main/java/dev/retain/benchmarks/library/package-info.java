/** The libraries below Retain as contestants. */
package dev.retain.benchmarks.library;
