package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;

/** {@code d = 512} in a preset. */
public record PresetValue(Name name, Expression value, Span span) {}
