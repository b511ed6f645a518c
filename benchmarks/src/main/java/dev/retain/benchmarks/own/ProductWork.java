package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * A product with a learned matrix, of as many steps as it has rows, by the kernel that a model
 * would get for it. It stands in a recurrence because that is what can be compiled by itself.
 */
final class ProductWork implements Work {
  private static final String SOURCE =
      """
      recurrence Product {
        axis  N, M
        in    x: [N]
        param W: [N, M]
        state steps: [] = 0
        steps' = steps + 1
        out x @ W
      }
      """;

  private final BoundRecurrence recurrence;
  private final int size;
  private NativeTensor product;

  ProductWork(int size) {
    this.size = size;
    Prepared prepared =
        Prepared.of(
            new Source("product.ret", SOURCE),
            "Product",
            Map.of(
                "x", new Argument(List.of(), List.of(size), List.of()),
                "W", new Argument(List.of(), List.of(size, size), List.of())),
            Map.of("in.W", matrix(2)),
            Form.PARALLEL);
    this.recurrence = new BoundRecurrence(prepared, Form.PARALLEL, size);
    recurrence.read("in.x", matrix(1).segment());
  }

  private NativeTensor matrix(int seed) {
    NativeTensor matrix = NativeTensor.allocate(Arena.global(), ElementType.F32, size, size);
    float[] values = CoreInputs.matrix(size, seed);
    MemorySegment.copy(values, 0, matrix.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    return matrix;
  }

  @Override
  public void run() {
    recurrence.reset();
    product = recurrence.run(0, size);
  }

  @Override
  public double[] sample() {
    return Work.samples(product.segment().toArray(ValueLayout.JAVA_FLOAT));
  }

  @Override
  public void close() {
    recurrence.close();
  }
}
