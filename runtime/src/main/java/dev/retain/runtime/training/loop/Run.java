package dev.retain.runtime.training.loop;

import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.data.Batches;
import dev.retain.runtime.training.data.HeldOut;
import dev.retain.runtime.training.optimiser.AdamW;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What takes part in training.
 *
 * @param model with its initial weights, which are changed
 * @param optimiser of this model, before its first update
 * @param heldOut text to measure the model by
 * @param sampler makes a text of the model as it is
 */
public record Run(
    GradientModel model,
    AdamW optimiser,
    Batches data,
    Optional<HeldOut> heldOut,
    Optional<Supplier<String>> sampler) {}
