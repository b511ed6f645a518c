/**
 * The lexer and parser that ANTLR writes from {@code Retain.g4}.
 *
 * <p>Text enters, ANTLR parse trees leave. Nothing here knows what a name means; only the
 * compiler's syntax package looks at these trees.
 */
package dev.retain.grammar;
