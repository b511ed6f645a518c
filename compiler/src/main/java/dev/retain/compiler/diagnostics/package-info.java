/**
 * What is said to the user about a source text.
 *
 * <p>In: codes, places and words from every phase. Out: diagnostics as text with carets or as JSON.
 * Never here: a decision whether something is wrong, or any knowledge of the language.
 */
package dev.retain.compiler.diagnostics;
