/**
 * What a compiled model needs to run, and nothing that it takes to compile one.
 *
 * <p>Kernels, weights and tokens enter; logits and states leave. Nothing here knows the compiler.
 */
package dev.retain.runtime;
