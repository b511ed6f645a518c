package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.program.TensorDescription;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The place of the model's tensors of one form of path: {@code [exp|log] NAME: AXES}. */
record TensorRule(
    NameTemplate own, NameTemplate foreign, StoredAxes axes, ElementFunction function) {
  private static final Pattern NOTATION = Pattern.compile("(?:(exp|log)\\s+)?([^\\s:*]+)\\s*:(.*)");

  /** Reads the notation; text that is none is an {@link IllegalArgumentException}. */
  static TensorRule parse(String own, String text) {
    Matcher matcher = NOTATION.matcher(text.strip());
    if (!matcher.matches() || own.contains("*")) {
      throw new IllegalArgumentException(
          "expected such as \"exp layers.{i}.q_proj.weight: (head K) d\"");
    }
    String function = matcher.group(1);
    TensorRule rule =
        new TensorRule(
            new NameTemplate(own),
            new NameTemplate(matcher.group(2)),
            StoredAxes.parse(matcher.group(3)),
            function == null
                ? ElementFunction.SAME
                : ElementFunction.valueOf(function.toUpperCase(Locale.ROOT)));
    if (!rule.own.places().containsAll(rule.foreign.places())) {
      throw new IllegalArgumentException("a {place} that is not in \"" + own + "\"");
    }
    return rule;
  }

  /** Where a tensor of this form is stored; empty if its path has another form. */
  Optional<StoredPlace> place(TensorDescription tensor) {
    return own.numbers(tensor.path()).map(numbers -> place(tensor, numbers));
  }

  private StoredPlace place(TensorDescription tensor, Map<String, String> numbers) {
    if (!new HashSet<>(tensor.axes()).equals(new HashSet<>(axes.names()))) {
      throw new IllegalArgumentException(
          tensor.path()
              + " has the axes "
              + String.join(" ", tensor.axes())
              + ", but they are stored as "
              + axes);
    }
    return new StoredPlace(foreign.with(numbers), new Arrangement(axes, tensor), function);
  }

  /** The model's path of a stored tensor of this form. */
  Optional<String> ownPath(String foreignName) {
    return foreign.numbers(foreignName).map(own::with);
  }

  String firstForeignName() {
    return foreign.with(
        foreign.places().stream().collect(Collectors.toMap(place -> place, _ -> "0")));
  }
}
