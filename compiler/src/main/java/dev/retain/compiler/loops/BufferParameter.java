package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;

/** A buffer that a kernel or procedure is given: an address, seen as elements of one type. */
public record BufferParameter(String name, ElementType type) {}
