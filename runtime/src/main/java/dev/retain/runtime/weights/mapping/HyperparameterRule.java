package dev.retain.runtime.weights.mapping;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the value of a hyperparameter follows from the tensors of a file. */
sealed interface HyperparameterRule {
  /** The product of dimensions of one tensor: {@code NAME[0]} or {@code NAME[1,2]}. */
  record Dimensions(String tensor, List<Integer> dimensions) implements HyperparameterRule {
    @Override
    public String toString() {
      return tensor + dimensions;
    }
  }

  /** How many tensors have names of one form: {@code count layers.{i}.norm.weight}. */
  record Count(NameTemplate tensors) implements HyperparameterRule {
    @Override
    public String toString() {
      return "the number of " + tensors;
    }
  }

  /** Whether a tensor is there: {@code present NAME}. */
  record Present(String tensor) implements HyperparameterRule {
    @Override
    public String toString() {
      return "whether there is " + tensor;
    }
  }

  Pattern NOTATION =
      Pattern.compile("(?:(count|present)\\s+)?([^\\s\\[\\]]+)(?:\\[(\\d(?:\\s*,\\s*\\d)*)])?");

  /** Reads the notation; empty if it is none. */
  static Optional<HyperparameterRule> parse(String text) {
    Matcher matcher = NOTATION.matcher(text.strip());
    if (!matcher.matches() || (matcher.group(1) == null) == (matcher.group(3) == null)) {
      return Optional.empty();
    }
    String name = matcher.group(2);
    if (matcher.group(1) == null) {
      return Optional.of(
          new Dimensions(
              name,
              Arrays.stream(matcher.group(3).split(","))
                  .map(digit -> Integer.valueOf(digit.strip()))
                  .toList()));
    }
    return Optional.of(
        matcher.group(1).equals("count") ? new Count(new NameTemplate(name)) : new Present(name));
  }

  /** The value; empty if the tensor it is read from is missing or has fewer dimensions. */
  default Optional<String> value(SelectedTensors file) {
    return switch (this) {
      case Dimensions(String tensor, List<Integer> dimensions) -> size(file, tensor, dimensions);
      case Count(NameTemplate tensors) ->
          Optional.of(
                  Long.toString(file.names().stream().filter(tensors::matches).distinct().count()))
              .filter(count -> !count.equals("0"));
      case Present(String tensor) -> Optional.of(Boolean.toString(file.contains(tensor)));
    };
  }

  private static Optional<String> size(
      SelectedTensors file, String tensor, List<Integer> dimensions) {
    if (!file.contains(tensor)) {
      return Optional.empty();
    }
    long[] shape = file.shape(tensor);
    if (dimensions.stream().anyMatch(dimension -> dimension >= shape.length)) {
      return Optional.empty();
    }
    return Optional.of(
        Long.toString(
            dimensions.stream()
                .mapToLong(dimension -> shape[dimension])
                .reduce(1, (a, b) -> a * b)));
  }
}
