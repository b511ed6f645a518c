package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.weights.WeightsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the place of every tensor of a model in a file, and all that stands against it. */
final class LoadPlan {
  private final Layout layout;
  private final SelectedTensors file;
  private final List<StoredPlace> places = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Set<String> used = new HashSet<>();

  private LoadPlan(Layout layout, SelectedTensors file) {
    this.layout = layout;
    this.file = file;
  }

  /**
   * The places of all parameters and of those constants that are in the file.
   *
   * @param hyperparameters as the model has them
   * @throws WeightsException naming every tensor that is missing, extra or cannot be used
   */
  static List<StoredPlace> of(
      Layout layout,
      SelectedTensors file,
      List<ParameterDescription> parameters,
      List<ConstantDescription> constants,
      Map<String, String> hyperparameters) {
    LoadPlan plan = new LoadPlan(layout, file);
    parameters.forEach(parameter -> plan.add(parameter, true));
    constants.forEach(constant -> plan.add(constant, false));
    plan.check(hyperparameters);
    return plan.places;
  }

  private void add(TensorDescription own, boolean required) {
    StoredPlace place = layout.place(own).orElse(null);
    if (place != null && file.contains(place.name())) {
      used.add(place.name());
      places.add(place);
      checkStored(place);
    } else if (place != null && required) {
      missing.add("missing: " + place.name() + ", " + describe(place));
    } else if (required) {
      missing.add("missing: " + own.path() + ", which has no name in " + layout);
    }
  }

  private void checkStored(StoredPlace place) {
    String name = place.name();
    long[] expected = place.arrangement().storedShape();
    if (file.file().type(file.storedName(name)) == ElementType.I64) {
      wrong.add("mis-typed: " + name + " holds integers, expected F64, F32, BF16 or F16");
    } else if (!Arrays.equals(file.shape(name), expected)) {
      wrong.add(
          "mis-shaped: "
              + name
              + " is "
              + Arrays.toString(file.shape(name))
              + ", expected "
              + Arrays.toString(expected)
              + " for "
              + describe(place));
    }
  }

  private static String describe(StoredPlace place) {
    return place.own().path() + " stored as " + place.arrangement().describe();
  }

  private List<String> extra() {
    return file.names().stream()
        .filter(name -> !used.contains(name) && !layout.ignores(name))
        .map(name ->
            layout
                .ownPath(name)
                .map(own -> name + ", which would be " + own + "; the model has no such tensor")
                .orElse(name + ", which " + layout + " does not know"))
        .map(text -> "extra: " + text)
        .toList();
  }

  private void check(Map<String, String> hyperparameters) {
    List<String> problems = new ArrayList<>(missing);
    problems.addAll(wrong);
    problems.addAll(extra());
    if (!problems.isEmpty()) {
      throw new WeightsException(
          file.path(),
          "its tensors"
              + file.selection()
              + ", named as "
              + layout
              + " has them, do not fit the model in "
              + (problems.size() == 1 ? "1 place" : problems.size() + " places")
              + "\n  "
              + String.join("\n  ", problems)
              + "\n"
              + advice(hyperparameters));
    }
  }

  private String advice(Map<String, String> model) {
    Map<String, String> implied = layout.hyperparameters(file);
    String different =
        implied.entrySet().stream()
            .filter(entry -> model.containsKey(entry.getKey()))
            .filter(entry -> !Objects.equals(model.get(entry.getKey()), entry.getValue()))
            .map(entry ->
                "%s = %s, by %s, where the model has %s"
                    .formatted(
                        entry.getKey(),
                        entry.getValue(),
                        layout.rule(entry.getKey()),
                        model.get(entry.getKey())))
            .collect(Collectors.joining("; "));
    if (!different.isEmpty()) {
      return "The file's tensors say "
          + different
          + ". Set these so, or leave them to the file, or give the weights of this model.";
    }
    if (wrong.isEmpty() || implied.isEmpty()) {
      return "Give the complete weights of this very model.";
    }
    return "The model's sizes are those of the file ("
        + implied.entrySet().stream()
            .map(entry ->
                entry.getKey() + " = " + entry.getValue() + ", by " + layout.rule(entry.getKey()))
            .collect(Collectors.joining("; "))
        + "), so its tensors disagree with each other: give another file.";
  }
}
