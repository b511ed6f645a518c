package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.weights.WeightsException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** One way in which checkpoints name and arrange the tensors of a model. */
public final class Layout {
  private final String origin;
  private final String name;
  private final List<String> keys;
  private final SequencedMap<String, HyperparameterRule> rules;
  private final Optional<List<TensorRule>> tensors;
  private final List<NameTemplate> ignored;

  /**
   * @param origin the file of names, for messages
   * @param keys a file is in this layout if it has tensors of all these names
   * @param rules by hyperparameter
   * @param tensors empty where everything has the model's own paths and axes
   * @param ignored names of tensors that no model needs
   */
  Layout(
      String origin,
      String name,
      List<String> keys,
      SequencedMap<String, HyperparameterRule> rules,
      Optional<List<TensorRule>> tensors,
      List<NameTemplate> ignored) {
    this.origin = origin;
    this.name = name;
    this.keys = List.copyOf(keys);
    this.rules = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rules));
    this.tensors = tensors.map(List::copyOf);
    this.ignored = List.copyOf(ignored);
  }

  public String name() {
    return name;
  }

  /** The names by which a file in this layout is recognised: it has all of them. */
  public List<String> keys() {
    return keys;
  }

  /**
   * The hyperparameters that the tensors of a file imply, as text ({@code "32"}, {@code "true"}),
   * in the order of the file of names. One that would be read from a missing tensor is left out: it
   * keeps its default, and {@link #load} names the tensor if the model needs it.
   */
  public SequencedMap<String, String> hyperparameters(SelectedTensors file) {
    SequencedMap<String, String> values = new LinkedHashMap<>();
    rules.forEach((hyperparameter, rule) ->
        rule.value(file).ifPresent(value -> values.put(hyperparameter, value)));
    return values;
  }

  /**
   * Reads a model's tensors: every parameter, and those constants that the file has; the model
   * keeps its own values of the others. Beside the result, memory is needed for one stored tensor.
   *
   * @param hyperparameters as the model has them, for messages
   * @param real the type of the parameters; constants are F64
   * @return by own path, in the order of the descriptions
   * @throws WeightsException naming every missing, extra and mis-shaped tensor, before any is read;
   *     or the first whose values are not finite
   * @throws NamesException if the file of names does not fit the model
   */
  public SequencedMap<String, NativeTensor> load(
      SelectedTensors file,
      List<ParameterDescription> parameters,
      List<ConstantDescription> constants,
      Map<String, String> hyperparameters,
      ElementType real,
      Arena arena) {
    SequencedMap<String, NativeTensor> loaded = new LinkedHashMap<>();
    for (StoredPlace place : LoadPlan.of(this, file, parameters, constants, hyperparameters)) {
      ElementType type = place.own() instanceof ConstantDescription ? ElementType.F64 : real;
      loaded.put(place.own().path(), place.read(file, type, arena));
    }
    return loaded;
  }

  /**
   * A model's tensors under the names and in the arrangement of this layout, each of its own type:
   * {@link #load} gives them back, to the bit unless a function lies between.
   *
   * @param tensors by own path; all that are described, of the described shapes
   * @return by foreign name, in the order of the descriptions, parameters first
   * @throws NamesException naming every tensor that this layout cannot store
   */
  public SequencedMap<String, NativeTensor> export(
      Map<String, NativeTensor> tensors,
      List<ParameterDescription> parameters,
      List<ConstantDescription> constants,
      Arena arena) {
    List<TensorDescription> descriptions = new ArrayList<>(parameters);
    descriptions.addAll(constants);
    SequencedMap<String, NativeTensor> stored = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (TensorDescription own : descriptions) {
      StoredPlace place = place(own).orElse(null);
      if (place == null) {
        problems.add(own.path() + " has no name there");
        continue;
      }
      try {
        NativeTensor given = tensors.get(own.path());
        if (!Arrays.equals(given.shape(), own.shapeAfter())) {
          throw new IllegalArgumentException(own.path() + " is given as " + given);
        }
        NativeTensor tensor = place.write(given, arena);
        NativeTensor other = stored.putIfAbsent(place.name(), tensor);
        // Tensors of several layers may share one stored tensor, as long as they are the same.
        if (other != null && other.segment().mismatch(tensor.segment()) != -1) {
          problems.add(own.path() + " differs from another tensor of the name " + place.name());
        }
      } catch (ArithmeticException e) {
        problems.add(own.path() + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw wrong(
          "the model cannot be written in the layout "
              + name
              + "\n  "
              + String.join("\n  ", problems)
              + "\nUse another layout, or the model's own names.");
    }
    return stored;
  }

  /** Where a tensor of the model is stored; empty if this layout has no name for it. */
  Optional<StoredPlace> place(TensorDescription own) {
    if (tensors.isEmpty()) {
      Arrangement same = new Arrangement(StoredAxes.own(own), own);
      return Optional.of(new StoredPlace(own.path(), same, ElementFunction.SAME));
    }
    try {
      return tensors.get().stream().flatMap(rule -> rule.place(own).stream()).findFirst();
    } catch (IllegalArgumentException e) {
      throw wrong("layout " + name + ": " + e.getMessage() + "; correct the file of names");
    }
  }

  /** The path in a model of a foreign tensor that this layout knows. */
  Optional<String> ownPath(String foreign) {
    return tensors.stream()
        .flatMap(List::stream)
        .flatMap(rule -> rule.ownPath(foreign).stream())
        .findFirst();
  }

  boolean ignores(String foreign) {
    return ignored.stream().anyMatch(pattern -> pattern.matches(foreign));
  }

  /** How a hyperparameter follows from a file. */
  HyperparameterRule rule(String hyperparameter) {
    return rules.get(hyperparameter);
  }

  /** The names of the tensors of its first layers, for guessing. */
  List<String> examples() {
    return tensors.stream()
        .flatMap(List::stream)
        .map(TensorRule::firstForeignName)
        .distinct()
        .toList();
  }

  private NamesException wrong(String problem) {
    return new NamesException(origin, problem);
  }

  @Override
  public String toString() {
    return name;
  }
}
