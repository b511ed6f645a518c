/**
 * Text and tokens.
 *
 * <p>What enters: strings, and files of any length. What leaves: token ids, and the bytes they
 * stand for. What is never done here: repairing text that is not valid, and keeping a whole file in
 * memory.
 */
package dev.retain.runtime.text;
