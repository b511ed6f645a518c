/**
 * Contestants side by side: each in a JVM of its own, all of them taking turns, so that whatever
 * else happens on the machine happens to all.
 */
package dev.retain.benchmarks.contest;
