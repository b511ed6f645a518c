/**
 * Weights and other tensors in safetensors files.
 *
 * <p>What enters: files of anybody, believed in nothing until checked. What leaves: tensors in
 * native memory, or one message that says what is wrong with the file. What is never done here:
 * giving names a meaning; a model's names and those of foreign checkpoints are matched elsewhere.
 */
package dev.retain.runtime.weights;
