/**
 * From text to the syntax tree, and back to canonical text.
 *
 * <p>In: a file or a {@link dev.retain.compiler.diagnostics.Source}. Out: a {@link
 * dev.retain.compiler.syntax.SourceFile} whose every node knows its place, or syntax errors in the
 * words of the language. Never here: what a name refers to. ANTLR's classes stay in this package.
 */
package dev.retain.compiler.syntax;
