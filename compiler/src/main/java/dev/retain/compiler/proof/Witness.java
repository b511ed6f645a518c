package dev.retain.compiler.proof;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A sequence of real numbers on which a form is wrong.
 *
 * @param length how many steps it has
 * @param chunk how long the chunks are that it is cut into; the last one may be shorter
 * @param pattern a character for each step: {@code .} counts, {@code r} counts and begins anew,
 *     {@code -} is padding, {@code R} is padding and begins anew
 * @param fromRest whether it begins with the initial states
 * @param step the step within the sequence, from 0
 * @param state the name of the state that differs after it; empty for the output
 * @param element the place within the output or state
 * @param expected what the steps give
 * @param actual what the form gives; "undefined" if it is no number
 * @param error a bound of the error of both values
 * @param inputs everything that is not 0, by name, such as {@code k[1]} for that of step 1
 * @param dependsOn the inputs and states that the difference needs
 * @param sizes of the axes
 */
public record Witness(
    int length,
    int chunk,
    String pattern,
    boolean fromRest,
    int step,
    Optional<String> state,
    List<Integer> element,
    String expected,
    String actual,
    double error,
    Map<String, String> inputs,
    List<String> dependsOn,
    Map<String, Integer> sizes) {
  public Witness {
    element = List.copyOf(element);
    inputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    dependsOn = List.copyOf(dependsOn);
    sizes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
  }

  /** Where and what, on one line. */
  public String text() {
    boolean plain = pattern.chars().allMatch(c -> c == '.');
    return "%s %s step %d of %d%s%s is %s, and should be %s"
        .formatted(
            state.map(name -> "the state `" + name + "`").orElse("the output")
                + (element.isEmpty() ? "" : element.toString()),
            state.isPresent() ? "after" : "at",
            step + 1,
            length,
            chunk < length
                ? " in chunks of " + chunk
                : chunk > length ? ", a chunk of " + chunk + " that ends early," : "",
            (plain ? "" : " with padding and resets (" + pattern + ")")
                + (fromRest ? "" : " from a state that is not 0"),
            actual,
            expected);
  }

  /** Everything that is not 0, on one line. */
  public String inputsText() {
    return inputs.isEmpty()
        ? "every input 0"
        : inputs.entrySet().stream()
                .map(input -> input.getKey() + " = " + input.getValue())
                .collect(Collectors.joining(", "))
            + ", and all else 0";
  }
}
