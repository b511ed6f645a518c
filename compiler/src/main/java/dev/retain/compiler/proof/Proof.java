package dev.retain.compiler.proof;

import dev.retain.compiler.diagnostics.Span;
import java.util.Optional;

/**
 * What was claimed, and what came of it.
 *
 * @param recurrence the name of the recurrence whose steps are the meaning
 * @param form the form, or the other recurrence, that should be the same
 * @param measured how far the form is from the steps, if that was asked
 * @param span where it is declared
 */
public record Proof(
    String recurrence, String form, Verdict verdict, Optional<Measured> measured, Span span) {}
