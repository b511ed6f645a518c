package dev.retain.runtime.training.loop;

import java.util.OptionalDouble;

/**
 * How well held-out text is predicted.
 *
 * @param step updates so far
 * @param loss mean of all targets, in nats
 * @param bitsPerByte the same for each byte of text, if the text is known
 * @param targets how many tokens were predicted
 */
public record HeldOutReport(long step, double loss, OptionalDouble bitsPerByte, long targets) {}
