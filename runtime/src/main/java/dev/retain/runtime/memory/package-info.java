/**
 * The memory of the runtime: dense row-major tensors over native memory segments, 64-byte aligned.
 *
 * <p>What enters: shapes, or arrays of ND4J. What leaves: tensors whose addresses kernels take, and
 * {@code INDArray} views of the same bytes. What is never done here: arithmetic, and starting ND4J
 * before somebody asks for an {@code INDArray}; {@link dev.retain.runtime.memory.Nd4jBridge} alone
 * touches it.
 */
package dev.retain.runtime.memory;
