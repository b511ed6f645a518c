package dev.retain.runtime.weights.mapping;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON of a file of names, and the small notations in its strings. */
final class NamesReader {
  private record Names(List<String> about, List<Entry> layouts) {}

  private record Entry(
      String name,
      @JsonProperty("recognised_by") List<String> recognisedBy,
      Map<String, String> hyperparameters,
      Map<String, String> tensors,
      List<String> ignored) {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
          .build();

  private final String origin;

  private NamesReader(String origin) {
    this.origin = origin;
  }

  static NameMapping read(String origin, byte[] json) {
    try {
      return new NamesReader(origin).mapping(MAPPER.readValue(json, Names.class));
    } catch (JacksonException e) {
      throw new NamesException(origin, explain(e));
    }
  }

  private static String explain(JacksonException problem) {
    return switch (problem) {
      case UnrecognizedPropertyException e ->
          "unknown key \"%s\"; expected one of %s"
              .formatted(e.getPropertyName(), e.getKnownPropertyIds());
      case MismatchedInputException e when !e.getPath().isEmpty() ->
          place(e.getPath()) + ": another kind of value is expected there";
      case JacksonException e ->
          "line %d: %s"
              .formatted(
                  e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("this is no JSON"));
    };
  }

  private static String place(List<JacksonException.Reference> path) {
    return path.stream()
        .map(part ->
            part.getPropertyName() == null
                ? "[" + part.getIndex() + "]"
                : " \"" + part.getPropertyName() + "\"")
        .collect(Collectors.joining())
        .strip();
  }

  private NameMapping mapping(Names names) {
    if (names == null || names.layouts() == null || names.layouts().isEmpty()) {
      throw new NamesException(origin, "expected a list \"layouts\" of at least one layout");
    }
    List<Layout> layouts = new ArrayList<>();
    for (Entry entry : names.layouts()) {
      layouts.add(layout(entry));
    }
    return new NameMapping(origin, layouts);
  }

  private Layout layout(Entry entry) {
    if (entry == null || entry.name() == null || entry.name().isBlank()) {
      throw new NamesException(origin, "a layout has no \"name\"; give it one");
    }
    if (entry.recognisedBy() == null || entry.recognisedBy().isEmpty()) {
      throw wrong(entry, "expected a list \"recognised_by\" of at least one name");
    }
    SequencedMap<String, HyperparameterRule> rules = new LinkedHashMap<>();
    orEmpty(entry.hyperparameters())
        .forEach((hyperparameter, text) -> rules.put(hyperparameter, rule(entry, text)));
    return new Layout(
        origin,
        entry.name(),
        entry.recognisedBy(),
        rules,
        Optional.ofNullable(entry.tensors()).map(tensors -> tensors(entry, tensors)),
        entry.ignored() == null
            ? List.of()
            : entry.ignored().stream().map(NameTemplate::new).toList());
  }

  private List<TensorRule> tensors(Entry entry, Map<String, String> tensors) {
    List<TensorRule> rules = new ArrayList<>();
    tensors.forEach((own, text) -> {
      try {
        rules.add(TensorRule.parse(own, text));
      } catch (IllegalArgumentException e) {
        throw wrong(entry, "\"%s\": \"%s\": %s".formatted(own, text, e.getMessage()));
      }
    });
    return rules;
  }

  private HyperparameterRule rule(Entry entry, String text) {
    return HyperparameterRule.parse(text)
        .orElseThrow(() ->
            wrong(
                entry,
                "expected NAME[0], NAME[0,1], count NAME or present NAME, found \"" + text + "\""));
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private NamesException wrong(Entry entry, String problem) {
    return new NamesException(origin, "layout " + entry.name() + ": " + problem);
  }
}
