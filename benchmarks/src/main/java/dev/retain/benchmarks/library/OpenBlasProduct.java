package dev.retain.benchmarks.library;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import org.bytedeco.javacpp.FloatPointer;

/** A product of matrices by a direct call of OpenBLAS. */
public final class OpenBlasProduct implements Work {
  private final int size;
  private final FloatPointer left;
  private final FloatPointer right;
  private final FloatPointer product;

  public OpenBlasProduct(int size) {
    this.size = size;
    this.left = new FloatPointer(CoreInputs.matrix(size, 1));
    this.right = new FloatPointer(CoreInputs.matrix(size, 2));
    this.product = new FloatPointer(new float[size * size]);
  }

  @Override
  public void run() {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        size,
        size,
        size,
        1,
        left,
        size,
        right,
        size,
        0,
        product,
        size);
  }

  @Override
  public double[] sample() {
    float[] result = new float[size * size];
    product.get(result);
    return Work.samples(result);
  }
}
