package dev.retain.compiler.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Verdicts as lines of text, each a word and its value, to be read again. */
final class VerdictText {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private VerdictText(String text) {
    for (String line : text.lines().toList()) {
      int end = line.indexOf(' ');
      values
          .computeIfAbsent(line.substring(0, end), word -> new ArrayList<>())
          .add(line.substring(end + 1));
    }
  }

  static String of(Verdict verdict) {
    Stream<String> lines =
        switch (verdict) {
          case Verdict.Proved(Scope scope) -> lines(scope);
          case Verdict.Refuted(Witness witness) -> lines(witness);
          case Verdict.Undecided(String reason, List<String> functions) ->
              Stream.concat(
                  Stream.of("verdict undecided", "reason " + reason),
                  functions.stream().map(function -> "function " + function));
        };
    return lines.map(line -> line + "\n").collect(Collectors.joining());
  }

  private static Stream<String> lines(Scope scope) {
    List<String> lines = new ArrayList<>();
    lines.add("verdict proved");
    lines.add("argument " + scope.argument());
    lines.add("chunk " + scope.chunk());
    lines.add("ragged " + scope.ragged());
    scope.dimensions().forEach(sizes -> lines.add("sizes " + text(sizes)));
    lines.add("points " + scope.points());
    lines.add("bits " + scope.bits());
    scope.remarks().forEach(remark -> lines.add("remark " + remark));
    return lines.stream();
  }

  private static Stream<String> lines(Witness witness) {
    List<String> lines = new ArrayList<>();
    lines.add("verdict refuted");
    lines.add("length " + witness.length());
    lines.add("chunk " + witness.chunk());
    lines.add("pattern " + witness.pattern());
    lines.add("rest " + witness.fromRest());
    lines.add("step " + witness.step());
    witness.state().ifPresent(state -> lines.add("state " + state));
    witness.element().forEach(place -> lines.add("place " + place));
    lines.add("expected " + witness.expected());
    lines.add("actual " + witness.actual());
    lines.add("error " + witness.error());
    witness.inputs().forEach((name, value) -> lines.add("input " + name + " " + value));
    witness.dependsOn().forEach(name -> lines.add("needs " + name));
    lines.add("sizes " + text(witness.sizes()));
    return lines.stream();
  }

  private static String text(Map<String, Integer> sizes) {
    return sizes.entrySet().stream()
        .map(size -> size.getKey() + "=" + size.getValue())
        .collect(Collectors.joining(" "));
  }

  /**
   * @throws RuntimeException of any kind if it is no verdict's text
   */
  static Verdict read(String text) {
    VerdictText verdict = new VerdictText(text);
    return switch (verdict.value("verdict")) {
      case "proved" -> new Verdict.Proved(verdict.scope());
      case "refuted" -> new Verdict.Refuted(verdict.witness());
      case "undecided" -> new Verdict.Undecided(verdict.value("reason"), verdict.all("function"));
      default -> throw new IllegalArgumentException(text);
    };
  }

  private Scope scope() {
    return new Scope(
        Scope.Argument.valueOf(value("argument")),
        number("chunk"),
        number("ragged"),
        all("sizes").stream().map(VerdictText::sizes).toList(),
        number("points"),
        number("bits"),
        all("remark"));
  }

  private Witness witness() {
    Map<String, String> inputs = new LinkedHashMap<>();
    for (String input : all("input")) {
      int end = input.indexOf(' ');
      inputs.put(input.substring(0, end), input.substring(end + 1));
    }
    return new Witness(
        number("length"),
        number("chunk"),
        value("pattern"),
        Boolean.parseBoolean(value("rest")),
        number("step"),
        all("state").stream().findFirst(),
        all("place").stream().map(Integer::valueOf).toList(),
        value("expected"),
        value("actual"),
        Double.parseDouble(value("error")),
        inputs,
        all("needs"),
        sizes(value("sizes")));
  }

  private static Map<String, Integer> sizes(String text) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (String size : text.isEmpty() ? new String[0] : text.split(" ")) {
      int sign = size.lastIndexOf('=');
      sizes.put(size.substring(0, sign), Integer.valueOf(size.substring(sign + 1)));
    }
    return sizes;
  }

  private List<String> all(String word) {
    return values.getOrDefault(word, List.of());
  }

  private String value(String word) {
    return Optional.of(all(word)).map(List::getFirst).orElseThrow();
  }

  private int number(String word) {
    return Integer.parseInt(value(word));
  }
}
