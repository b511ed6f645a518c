package dev.retain.benchmarks.library;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A product of matrices by ND4J, into memory that stays. */
final class Nd4jProduct implements Work {
  private final int size;
  private final INDArray left;
  private final INDArray right;
  private final INDArray product;

  Nd4jProduct(int size) {
    this.size = size;
    this.left = Nd4j.createFromArray(CoreInputs.matrix(size, 1)).reshape(size, size);
    this.right = Nd4j.createFromArray(CoreInputs.matrix(size, 2)).reshape(size, size);
    // As ND4J likes the results of products best: column by column.
    this.product = Nd4j.create(DataType.FLOAT, new long[] {size, size}, 'f');
  }

  @Override
  public void run() {
    left.mmuli(right, product);
  }

  @Override
  public double[] sample() {
    return Work.samples(product.dup('c').reshape((long) size * size).toFloatVector());
  }
}
