package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Small sizes for the axes of a recurrence that nobody uses yet: different ones for different axes
 * where that is possible, and such that every size that is computed from others is whole.
 */
public final class SmallSizes {
  private static final List<Integer> FIRST = List.of(4, 3, 2, 6, 5, 8, 12, 16, 1);
  private static final List<Integer> SECOND = List.of(2, 3, 4, 6, 5, 8, 12, 16, 1);
  private static final int HEADS = 2;

  private final Program program;
  private final Scope.Entry entry;
  private final RecurrenceDeclaration recurrence;

  private SmallSizes(Program program, Scope.Entry entry) {
    this.program = program;
    this.entry = entry;
    this.recurrence = (RecurrenceDeclaration) entry.declaration();
  }

  /**
   * What to bring for each input of a recurrence, by name: once for it alone, and once for as many
   * of it as there are heads.
   *
   * @param entry of a recurrence
   */
  public static List<Map<String, RecurrenceModel.Argument>> of(
      Program program, Scope.Entry entry, Diagnostics diagnostics) {
    SmallSizes sizes = new SmallSizes(program, entry);
    Map<String, Integer> alone = sizes.choose(FIRST, diagnostics);
    Map<String, Integer> mapped = sizes.choose(SECOND, diagnostics);
    return List.of(
        sizes.arguments(alone, List.of()),
        sizes.arguments(mapped, List.of(Axis.of("head", HEADS))));
  }

  private Map<String, RecurrenceModel.Argument> arguments(
      Map<String, Integer> sizes, List<Axis> mapped) {
    Map<String, RecurrenceModel.Argument> arguments = new LinkedHashMap<>();
    for (RecurrenceModel.Input input : RecurrenceModel.inputs(recurrence)) {
      arguments.put(
          input.name(),
          new RecurrenceModel.Argument(
              mapped, input.axes().stream().map(sizes::get).toList(), List.of()));
    }
    return arguments;
  }

  private Map<String, Integer> choose(List<Integer> candidates, Diagnostics diagnostics) {
    List<String> open = new ArrayList<>();
    for (Item item : recurrence.items()) {
      if (item instanceof Item.AxisItem axis && axis.size().isEmpty()) {
        open.add(axis.name().text());
      }
    }
    for (boolean different : List.of(true, false)) {
      Optional<Map<String, Integer>> found =
          choose(open, new LinkedHashMap<>(), candidates, different);
      if (found.isPresent()) {
        return found.get();
      }
    }
    // No sizes fit: the first ones say why.
    Map<String, Integer> first = new LinkedHashMap<>();
    open.forEach(name -> first.put(name, candidates.getFirst()));
    sizes(first, diagnostics);
    diagnostics.throwIfErrors();
    throw new IllegalStateException("no sizes for " + recurrence.name());
  }

  private Optional<Map<String, Integer>> choose(
      List<String> open, Map<String, Integer> chosen, List<Integer> candidates, boolean different) {
    if (chosen.size() == open.size()) {
      Diagnostics silent = new Diagnostics();
      Map<String, Integer> sizes = sizes(chosen, silent);
      return silent.hasErrors() ? Optional.empty() : Optional.of(sizes);
    }
    for (int size : candidates) {
      if (different && new HashSet<>(chosen.values()).contains(size)) {
        continue;
      }
      chosen.put(open.get(chosen.size()), size);
      Optional<Map<String, Integer>> found = choose(open, chosen, candidates, different);
      if (found.isPresent()) {
        return found;
      }
      chosen.remove(open.get(chosen.size() - 1));
    }
    return Optional.empty();
  }

  /** The sizes of all names that can serve as axes. */
  private Map<String, Integer> sizes(Map<String, Integer> open, Diagnostics diagnostics) {
    GraphBuilder graph = new GraphBuilder();
    Evaluator evaluator = new Evaluator(program, graph, diagnostics, new NoCalls());
    Environment inside = new Environment(program.scope(entry.file()), recurrence.name().text(), "");
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      Value value = evaluator.evaluate(hyper.defaultValue().orElseThrow(), inside);
      new Binder(graph, evaluator, diagnostics).declare(hyper, value, inside);
    }
    for (Item item : recurrence.items()) {
      if (item instanceof Item.AxisItem axis) {
        String name = axis.name().text();
        Optional<Integer> size =
            axis.size().isEmpty()
                ? Optional.of(open.get(name))
                : Sizes.evaluate(
                    axis.size().get(), "`" + name + "`", evaluator, inside, diagnostics);
        inside
            .values()
            .put(
                name,
                size.<Value>map(s -> new Value.Known(s, Optional.of(Axis.of(name, s))))
                    .orElse(new Value.Wrong()));
      }
    }
    Map<String, Integer> sizes = new HashMap<>();
    inside
        .values()
        .forEach((name, value) -> {
          if (value instanceof Value.Known known && known.axis().isPresent()) {
            sizes.put(name, known.axis().get().size());
          }
        });
    return sizes;
  }
}
