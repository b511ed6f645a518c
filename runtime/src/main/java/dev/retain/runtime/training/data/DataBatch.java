package dev.retain.runtime.training.data;

import dev.retain.runtime.training.TrainingBatch;
import java.util.OptionalLong;

/**
 * A batch, and what is known of it.
 *
 * @param continues whether each of its rows goes on where the same row of the batch before ended
 * @param bytes of text that its targets stand for; empty if the tokens are of unknown text
 */
public record DataBatch(TrainingBatch batch, boolean continues, OptionalLong bytes) {}
