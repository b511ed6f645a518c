/** Retain as a contestant: recurrences by themselves and whole models, in float32. */
package dev.retain.benchmarks.own;
