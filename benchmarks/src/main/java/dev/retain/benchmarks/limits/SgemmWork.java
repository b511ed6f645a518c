package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.library.OpenBlasProduct;
import dev.retain.benchmarks.work.Task;
import dev.retain.benchmarks.work.Work;

/** A large product by OpenBLAS, on as many threads as the environment allows it. */
final class SgemmWork implements Work {
  private final Task.Product task = new Task.Product(1024);
  private final OpenBlasProduct product = new OpenBlasProduct(task.size());

  @Override
  public void run() {
    product.run();
  }

  @Override
  public double amount() {
    return task.operations();
  }
}
