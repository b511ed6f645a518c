package dev.retain.compiler.storage;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which parameters of a model are stored small: the matrices that are only multiplied with and the
 * tables that are only looked up in, which are nearly all of a model's bytes. Gains, biases, decays
 * and what else is computed with number by number stay as they are.
 *
 * <p>Scales differ along every axis that no product sums over, so that a scale can be taken out of
 * all its sums: one for each number that a product gives, and one for each row of a table.
 */
public final class StorageChoice {
  private final ParameterViews views;
  private final SortedMap<String, Integer> dimensions = new TreeMap<>();
  private final Map<String, Set<Integer>> summed = new TreeMap<>();
  private final Set<String> multiplied = new HashSet<>();
  private final Set<String> computedWith = new HashSet<>();

  private StorageChoice(Graph step, int output) {
    this.views = new ParameterViews(step);
    step.nodes().forEach(this::uses);
    views.of(output).ifPresent(view -> computedWith.add(view.path()));
  }

  /**
   * @param step the graph of a step
   * @param output its result
   * @param type BF16 or I8
   * @return by path; what is not named is stored in the model's own type
   */
  public static SortedMap<String, Storage> of(Graph step, int output, ElementType type) {
    StorageChoice choice = new StorageChoice(step, output);
    SortedMap<String, Storage> chosen = new TreeMap<>();
    choice.dimensions.forEach((path, count) -> {
      List<Integer> scaled = choice.scaled(path, count);
      if (choice.isMatrix(path, count) && !scaled.isEmpty()) {
        chosen.put(
            path, type == ElementType.I8 ? new Storage.Int8(scaled, 0) : new Storage.Bfloat16(0));
      }
    });
    return Collections.unmodifiableSortedMap(chosen);
  }

  private boolean isMatrix(String path, int count) {
    return count > 1 && multiplied.contains(path) && !computedWith.contains(path);
  }

  private List<Integer> scaled(String path, int count) {
    Set<Integer> sums = summed.getOrDefault(path, Set.of());
    return IntStream.range(0, count).filter(d -> !sums.contains(d)).boxed().toList();
  }

  private void uses(Node node) {
    switch (node.operation()) {
      case Operation.Parameter(String path) -> dimensions.put(path, node.axes().size());
      case Operation.Rename rename -> {}
      case Operation.Contract(int left, int right, List<Axis> over) -> {
        sums(left, over);
        sums(right, over);
      }
      case Operation.Gather(int table, Axis axis, int index) ->
          views
              .of(table)
              .ifPresent(
                  view -> sums(table, view.axes().stream().filter(a -> !a.equals(axis)).toList()));
      default ->
          node.operation()
              .operands()
              .forEach(one -> views.of(one).ifPresent(view -> computedWith.add(view.path())));
    }
  }

  private void sums(int operand, List<Axis> over) {
    views
        .of(operand)
        .ifPresent(view -> {
          multiplied.add(view.path());
          summed.computeIfAbsent(view.path(), _ -> new HashSet<>()).addAll(view.dimensions(over));
        });
  }
}
