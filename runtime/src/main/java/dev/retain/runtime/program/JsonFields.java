package dev.retain.runtime.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a JSON object, by their names.
 *
 * @param where the object stands, for messages
 */
public record JsonFields(String where, Map<String, Object> values) {
  /**
   * The object that a text is.
   *
   * @param where what it is, for messages
   * @throws IllegalArgumentException saying in one line what is wrong with the text
   */
  public static JsonFields parse(String where, byte[] json) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("something follows its end");
      }
      return object(where, value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, value(parser));
        }
        yield fields;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> throw new IllegalArgumentException("it ends early, or holds a null");
    };
  }

  @SuppressWarnings("unchecked") // only value() makes maps, and their keys are strings
  private static JsonFields object(String where, Object value) {
    if (value instanceof Map<?, ?> fields) {
      return new JsonFields(where, (Map<String, Object>) fields);
    }
    throw new IllegalArgumentException("expected an object in " + where + ", found " + value);
  }

  private <T> T cast(String name, Object value, Class<T> type) {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    String expected = type.getSimpleName().toLowerCase(Locale.ROOT);
    throw new IllegalArgumentException(
        "expected '" + name + "' as a " + expected + " in " + where + ", found " + value);
  }

  private <T> T get(String name, Class<T> type) {
    return cast(name, values.get(name), type);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public String text(String name) {
    return get(name, String.class);
  }

  boolean flag(String name) {
    return get(name, Boolean.class);
  }

  public long whole(String name) {
    return get(name, Long.class);
  }

  public int small(String name) {
    return Math.toIntExact(whole(name));
  }

  public double number(String name) {
    return number(name, values.get(name));
  }

  private double number(String name, Object value) {
    // Infinities have no other way to be written.
    return value instanceof String text
        ? Double.parseDouble(text)
        : cast(name, value, Number.class).doubleValue();
  }

  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String text = text(name);
    return Arrays.stream(type.getEnumConstants())
        .filter(one -> one.name().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("unknown '" + name + "' in " + where + ": " + text));
  }

  public JsonFields object(String name) {
    return object(where, values.get(name));
  }

  <T> List<T> objects(String name, Function<JsonFields, T> make) {
    return list(name, value -> make.apply(object(name, value)));
  }

  public List<String> texts(String name) {
    return list(name, value -> cast(name, value, String.class));
  }

  List<Long> wholes(String name) {
    return list(name, value -> cast(name, value, Long.class));
  }

  List<Double> numbers(String name) {
    return list(name, value -> number(name, value));
  }

  private <T> List<T> list(String name, Function<Object, T> make) {
    List<T> list = new ArrayList<>();
    for (Object value : get(name, List.class)) {
      list.add(make.apply(value));
    }
    return list;
  }
}
