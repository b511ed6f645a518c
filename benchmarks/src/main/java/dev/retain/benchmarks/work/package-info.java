/**
 * What is measured, and how a JVM is asked to do it. Every contestant runs in a JVM of its own,
 * some of them with none of our other classes on the class path, so this package knows the JDK
 * alone.
 */
package dev.retain.benchmarks.work;
