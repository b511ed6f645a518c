package dev.retain.compiler.proof;

import dev.retain.compiler.diagnostics.Span;

/**
 * What was claimed, and what came of it.
 *
 * @param recurrence the name of the recurrence whose steps are the meaning
 * @param form the form, or the other recurrence, that should be the same
 * @param span where it is declared
 */
public record Proof(String recurrence, String form, Verdict verdict, Span span) {}
