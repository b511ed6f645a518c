/**
 * Files that are written whole or not at all.
 *
 * <p>What enters: a path and code that writes. What leaves: the finished file, or one message. What
 * is never done here: anything about what the bytes mean.
 */
package dev.retain.runtime.files;
