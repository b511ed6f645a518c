package dev.retain.runtime.training.loop;

import java.util.OptionalDouble;

/**
 * What one update was like. Depends on nothing but the data, the settings and the seed.
 *
 * @param step updates so far, this one among them
 * @param tokens read so far
 * @param epoch how often the data has been used so far
 * @param loss mean of all targets of the update, in nats
 * @param bitsPerByte the same for each byte of text, if the text is known
 * @param learningRate of the update
 * @param gradientNorm before clipping
 */
public record StepReport(
    long step,
    long tokens,
    double epoch,
    double loss,
    OptionalDouble bitsPerByte,
    double learningRate,
    double gradientNorm) {}
