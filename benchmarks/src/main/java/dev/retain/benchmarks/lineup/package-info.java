/** Which contestants do which tasks, and how the JVM of each is started. */
package dev.retain.benchmarks.lineup;
