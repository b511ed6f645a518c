/**
 * The commands that need a compiled model only: inspect, score, generate, logits.
 *
 * <p>A model's jar, text and tensors enter; text and files leave. Never here: the compiler, and
 * arrays of ND4J, so that a model's own jar runs without either.
 */
package dev.retain.cli.run;
