package dev.retain.peers.pytorch;

import static dev.retain.benchmarks.work.CoreInputs.KEY;
import static dev.retain.benchmarks.work.CoreInputs.VALUE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** A retention core over all steps, in one of its forms. */
final class CoreWork extends ScopedWork {
  private final CoreForm form;
  private final NDArray query;
  private final NDArray key;
  private final NDArray value;

  CoreWork(NDManager manager, CoreForm form, Heads heads) {
    super(manager);
    this.form = form;
    this.query = form.arranged(heads.query(), KEY);
    this.key = form.arranged(heads.key(), KEY);
    this.value = form.arranged(heads.value(), VALUE);
  }

  @Override
  NDArray compute() {
    return form.output(query, key, value);
  }

  @Override
  public double[] sample() {
    return Heads.samples(form.byHead(result(), VALUE));
  }
}
