package dev.retain.compiler.diagnostics;

/** A second place that a diagnostic speaks of, such as where a shape came from. */
public record Note(Span span, String message) {}
