package dev.retain.peers.pytorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.retain.benchmarks.work.RetNet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The weights of RetNet by name; those of products as matrices that rows are multiplied with. */
final class RetNetWeights {
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final NDList arrays = new NDList();

  RetNetWeights(NDManager manager, RetNet size) {
    for (RetNet.Parameter parameter : size.parameters()) {
      places.put(parameter.path(), arrays.size());
      arrays.add(manager.create(parameter.values(), shape(parameter.path(), parameter.shape())));
    }
  }

  private static Shape shape(String path, List<Integer> sizes) {
    int all = sizes.stream().reduce(1, (a, b) -> a * b);
    if (sizes.size() == 1) {
      return new Shape(all);
    }
    int columns = path.endsWith("Wo") ? sizes.getLast() : all / sizes.getFirst();
    return new Shape(all / columns, columns);
  }

  /** In the order of the parameters. */
  NDList arrays() {
    return arrays;
  }

  /** One of some arrays that are in that order. */
  NDArray of(NDList all, String path) {
    return all.get(places.get(path));
  }
}
