package dev.retain.compiler.tuning;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * For what something was measured. It holds elsewhere only if all but the hyperparameters is the
 * same: those say in words why shapes differ, and some of them, such as the number of layers,
 * change no shape.
 *
 * @param version of Retain
 * @param real the type of numbers
 * @param shapes of the model's matrices, each once
 */
public record TuningKey(
    String version,
    Machine machine,
    String model,
    ElementType real,
    Map<String, String> hyperparameters,
    List<String> shapes) {
  public TuningKey {
    hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
    shapes = List.copyOf(shapes);
  }

  /** That of a model. */
  public static TuningKey of(String version, Machine machine, Model model, ElementType real) {
    return new TuningKey(
        version,
        machine,
        model.name(),
        real,
        model.hyperparameters(),
        model.parameters().stream()
            .filter(parameter -> parameter.axes().size() > 1)
            .map(parameter -> shape(parameter.axes()))
            .distinct()
            .sorted()
            .toList());
  }

  private static String shape(List<Axis> axes) {
    return axes.stream()
        .map(axis -> Integer.toString(axis.size()))
        .collect(Collectors.joining(" x "));
  }

  /** Whether what was measured for the other holds for this. */
  boolean covers(TuningKey other) {
    return differences(other).isEmpty();
  }

  /** In which points the other one, for which something was measured, is not this; in words. */
  List<String> differences(TuningKey measured) {
    List<String> differences = new ArrayList<>();
    Machine here = machine;
    Machine there = measured.machine();
    add(differences, "on another processor: %s, here %s", there.processor(), here.processor());
    add(differences, "with %s processors, here %s", there.processors(), here.processors());
    add(differences, "with vectors %s, here %s", there.width().text(), here.width().text());
    add(differences, "with Java %s, here %s", there.java(), here.java());
    add(differences, "by Retain %s, this is %s", measured.version(), version);
    add(differences, "for %s, here %s", text(measured.real()), text(real));
    if (!shapes.equals(measured.shapes())) {
      differences.add(shapesDiffer(measured));
    }
    return differences;
  }

  private static String text(ElementType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static void add(List<String> differences, String words, Object there, Object here) {
    if (!there.equals(here)) {
      differences.add(words.formatted(there, here));
    }
  }

  private String shapesDiffer(TuningKey measured) {
    Set<String> names = new LinkedHashSet<>(hyperparameters.keySet());
    names.addAll(measured.hyperparameters().keySet());
    names.removeIf(name -> value(name).equals(measured.value(name)));
    return names.isEmpty()
        ? "for a definition of the same name with other matrices"
        : "for %s, here %s".formatted(measured.set(names), set(names));
  }

  private String value(String name) {
    return hyperparameters.getOrDefault(name, "none");
  }

  private String set(Set<String> names) {
    return names.stream().map(name -> name + "=" + value(name)).collect(Collectors.joining(" "));
  }
}
