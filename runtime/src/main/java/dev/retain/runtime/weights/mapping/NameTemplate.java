package dev.retain.runtime.weights.mapping;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name with places for numbers, {@code layers.{i}.ffn.fc1.weight}; {@code *} stands for any text.
 */
final class NameTemplate {
  private static final Pattern TOKEN = Pattern.compile("\\{([a-z]+)}|\\*|[^{*]+|\\{");

  private final String text;
  private final Pattern pattern;
  private final Set<String> places = new LinkedHashSet<>();

  NameTemplate(String text) {
    this.text = text;
    StringBuilder expression = new StringBuilder();
    Matcher tokens = TOKEN.matcher(text);
    while (tokens.find()) {
      expression.append(expression(tokens));
    }
    this.pattern = Pattern.compile(expression.toString());
  }

  private String expression(Matcher token) {
    String place = token.group(1);
    if (place != null) {
      return places.add(place) ? "(?<" + place + ">0|[1-9][0-9]*)" : "\\k<" + place + ">";
    }
    return token.group().equals("*") ? ".*" : Pattern.quote(token.group());
  }

  String text() {
    return text;
  }

  Set<String> places() {
    return places;
  }

  boolean matches(String name) {
    return pattern.matcher(name).matches();
  }

  /** What stands at each place of a name that has this form. */
  Optional<Map<String, String>> numbers(String name) {
    Matcher matcher = pattern.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> numbers = new HashMap<>();
    places.forEach(place -> numbers.put(place, matcher.group(place)));
    return Optional.of(numbers);
  }

  /** The name with these numbers; a place without a number stays as it is written. */
  String with(Map<String, String> numbers) {
    String name = text;
    for (Map.Entry<String, String> number : numbers.entrySet()) {
      name = name.replace("{" + number.getKey() + "}", number.getValue());
    }
    return name;
  }

  @Override
  public String toString() {
    return text;
  }
}
