package dev.retain.runtime.program;

import dev.retain.runtime.memory.ElementType;

/**
 * A piece of memory that steps are given the address of.
 *
 * @param name a path, one of {@link Inputs}, or a name for people, by role
 * @param firstStep the first step that touches it (counts for scratch only)
 * @param lastStep the last step that touches it (counts for scratch only)
 */
public record BufferDescription(
    String name, Role role, ElementType type, Size size, int firstStep, int lastStep) {}
