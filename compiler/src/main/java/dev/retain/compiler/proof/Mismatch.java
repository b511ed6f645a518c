package dev.retain.compiler.proof;

import java.util.Optional;

/**
 * Where a form does not give what the steps do.
 *
 * @param step of the sequence, from 0
 * @param state the name of the state that differs after that step; empty for the output at it
 * @param element which one, row-major
 */
record Mismatch<N>(
    int sequence, int step, Optional<String> state, int element, N expected, N actual) {}
