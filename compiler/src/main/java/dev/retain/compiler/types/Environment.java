package dev.retain.compiler.types;

import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the names of one declaration mean in one use of it. */
final class Environment {
  /** A layer inside a layer, with its hyperparameters. */
  record Instance(
      LayerDeclaration layer, Scope scope, Map<String, Value> settings, String path, int repeat) {}

  /** A state of a recurrence. */
  record State(int before, List<Axis> axes) {}

  private final Scope scope;
  private final String owner;
  private final String path;
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Instance> layers = new HashMap<>();
  private final Map<String, State> states = new HashMap<>();
  private final Map<String, Value> next = new HashMap<>();
  private final Map<Axis, Axis> outside = new HashMap<>();
  private final List<Axis> mapped = new ArrayList<>();
  private final Set<String> unsolved = new HashSet<>();
  private final Set<Axis> given = new HashSet<>();

  /**
   * @param owner the declaration's name
   * @param path where in the model this use of it stands
   */
  Environment(Scope scope, String owner, String path) {
    this.scope = scope;
    this.owner = owner;
    this.path = path;
  }

  Scope scope() {
    return scope;
  }

  String owner() {
    return owner;
  }

  String path() {
    return path;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  Map<String, Value> values() {
    return values;
  }

  Map<String, Instance> layers() {
    return layers;
  }

  Map<String, State> states() {
    return states;
  }

  /** The values of states after the step. */
  Map<String, Value> next() {
    return next;
  }

  /** The axes in front of the arguments that this use is mapped over. */
  List<Axis> mapped() {
    return mapped;
  }

  /** For each axis in here the axis of the caller that it stands for, where they differ. */
  Map<Axis, Axis> outside() {
    return outside;
  }

  /** Axes without a size that no input has solved yet. */
  Set<String> unsolved() {
    return unsolved;
  }

  /** Notes that the axis is the caller's, by a hyperparameter or an input. */
  void give(Axis axis) {
    given.add(axis);
  }

  boolean isGiven(Axis axis) {
    return given.contains(axis);
  }

  /** Whether nobody but this declaration knows the axis. */
  boolean isOwn(Axis axis) {
    return !given.contains(axis)
        && !outside.containsKey(axis)
        && !mapped.contains(axis)
        && values.values().stream()
            .anyMatch(
                v -> v instanceof Value.Known known && known.axis().equals(Optional.of(axis)));
  }

  Optional<Axis> axis(String name) {
    return values.get(name) instanceof Value.Known known ? known.axis() : Optional.empty();
  }
}
