package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.program.TensorDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The axes of a stored tensor in terms of the model's own, such as {@code (head K) d}: a group in
 * parentheses is one stored dimension, a number stores every element that many times.
 */
record StoredAxes(List<List<Part>> groups) {
  /** A factor of one stored dimension. */
  sealed interface Part {}

  record Axis(String name) implements Part {}

  record Repeat(long count) implements Part {}

  private static final String PART = "[\\p{L}_][\\p{L}\\p{N}_]*|[1-9][0-9]{0,8}";
  private static final Pattern GROUP =
      Pattern.compile("\\s*(?:(%s)(?=[\\s(]|$)|\\(([^()]*)\\))".formatted(PART));

  StoredAxes {
    groups = groups.stream().map(List::copyOf).toList();
  }

  /** The axes as the model itself has them. */
  static StoredAxes own(TensorDescription tensor) {
    return new StoredAxes(
        tensor.axes().stream().map(axis -> List.<Part>of(new Axis(axis))).toList());
  }

  /** Reads the notation; text that is no such notation is an {@link IllegalArgumentException}. */
  static StoredAxes parse(String text) {
    List<List<Part>> groups = new ArrayList<>();
    Matcher matcher = GROUP.matcher(text);
    int end = 0;
    while (matcher.lookingAt()) {
      String inner = matcher.group(2) == null ? matcher.group(1) : matcher.group(2).strip();
      groups.add(inner.isEmpty() ? List.of() : parts(inner));
      end = matcher.end();
      matcher.region(end, text.length());
    }
    if (!text.substring(end).isBlank()) {
      throw new IllegalArgumentException("\"" + text.substring(end).strip() + "\"");
    }
    StoredAxes axes = new StoredAxes(groups);
    List<String> names = axes.names();
    if (names.stream().distinct().count() != names.size()) {
      throw new IllegalArgumentException("an axis twice in \"" + text.strip() + "\"");
    }
    return axes;
  }

  private static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    for (String part : text.split("\\s+")) {
      if (!part.matches(PART)) {
        throw new IllegalArgumentException("\"" + part + "\"");
      }
      parts.add(
          Character.isDigit(part.charAt(0)) ? new Repeat(Long.parseLong(part)) : new Axis(part));
    }
    return parts;
  }

  List<Part> parts() {
    return groups.stream().flatMap(List::stream).toList();
  }

  /** The own axes, in the order in which they are stored. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Part part : parts()) {
      if (part instanceof Axis(String name)) {
        names.add(name);
      }
    }
    return names;
  }

  boolean hasRepeats() {
    return names().size() < parts().size();
  }

  /** The notation again. */
  @Override
  public String toString() {
    return describe(StoredAxes::text);
  }

  /** The notation with every part shown in another way. */
  String describe(Function<Part, String> show) {
    return groups.stream()
        .map(group -> group.stream().map(show).toList())
        .map(group -> group.size() == 1 ? group.getFirst() : "(" + String.join(" ", group) + ")")
        .collect(Collectors.joining(" "));
  }

  private static String text(Part part) {
    return switch (part) {
      case Axis(String name) -> name;
      case Repeat(long count) -> Long.toString(count);
    };
  }
}
