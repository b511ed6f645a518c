package dev.retain.runtime.training.loop;

/**
 * How well held-out text is predicted.
 *
 * @param step updates so far
 * @param loss mean of all targets, in nats
 * @param bitsPerByte the same for each byte of text; no number if the text is not known
 * @param targets how many tokens were predicted
 */
public record HeldOutReport(long step, double loss, double bitsPerByte, long targets) {}
