package dev.retain.peers.pytorch;

import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.retain.benchmarks.work.CoreInputs;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The same forward and backward, by autograd. */
final class CoreGradientsWork extends DifferentiatedWork {
  private final CoreForm form;
  private final NDArray flowing;

  CoreGradientsWork(NDManager manager, CoreForm form, Heads heads, CoreInputs inputs) {
    super(
        new NDList(
            form.arranged(heads.query(), KEY),
            form.arranged(heads.key(), KEY),
            form.arranged(heads.value(), VALUE)));
    this.form = form;
    this.flowing = form.arranged(heads.byHead(manager, inputs.flowing(), VALUE), VALUE);
  }

  @Override
  NDArray compute(NDList leaves) {
    return form.output(leaves.get(0), leaves.get(1), leaves.get(2));
  }

  @Override
  NDArray flowing(NDArray output) {
    return flowing;
  }

  /** The query is scaled before it is a leaf; its gradient is that of the one before. */
  @Override
  public double[] sample() {
    NDArray ofQuery = form.byHead(gradient(0), KEY).mul(CoreInputs.SCALE);
    return Stream.of(
            Heads.samples(form.byHead(output(), VALUE)),
            Heads.samples(ofQuery),
            Heads.samples(form.byHead(gradient(1), KEY)),
            Heads.samples(form.byHead(gradient(2), VALUE)))
        .flatMapToDouble(DoubleStream::of)
        .toArray();
  }
}
