package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;

/** {@code h: head}: h runs over 0, 1, ... of the axis. */
public record IndexVariable(Name name, Name axis, Span span) {}
