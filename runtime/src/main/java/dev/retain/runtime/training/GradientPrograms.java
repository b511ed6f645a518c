package dev.retain.runtime.training;

import dev.retain.runtime.program.FormProgram;

/**
 * What training runs of one form.
 *
 * @param loss from tokens and targets to the loss of each step, [batch, time], and the states after
 *     the block
 * @param forward the same with dropout; the same program if the model has none
 * @param gradient the same with dropout, and all that flows back from there
 */
public record GradientPrograms(FormProgram loss, FormProgram forward, FormProgram gradient) {}
