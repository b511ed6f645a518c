package dev.retain.runtime.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the JSON of a header and accepts nothing but the shape that the format prescribes. */
final class HeaderReader {
  static final String METADATA = "__metadata__";

  private final Path file;
  private final JsonParser parser;
  private final SequencedMap<String, StoredTensor> tensors = new LinkedHashMap<>();
  private Map<String, String> metadata;

  private HeaderReader(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static Header read(Path file, String json) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      return new HeaderReader(file, parser).header();
    } catch (JacksonException e) {
      throw new WeightsException(
          file,
          "its header is not JSON ("
              + e.getOriginalMessage()
              + "); the file is damaged or no safetensors file");
    }
  }

  private Header header() {
    expect(JsonToken.START_OBJECT, "an object of tensors", "the header");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (name.equals(METADATA)) {
        readMetadata();
      } else if (tensors.put(name, tensor(name)) != null) {
        throw duplicate("tensor \"" + name + "\"", "the header");
      }
    }
    if (parser.nextToken() != null) {
      throw wrong("the header", "nothing after its closing brace", found());
    }
    return new Header(tensors, Objects.requireNonNullElse(metadata, Map.of()));
  }

  private void readMetadata() {
    if (metadata != null) {
      throw duplicate(METADATA, "the header");
    }
    metadata = new LinkedHashMap<>();
    expect(JsonToken.START_OBJECT, "an object of strings", METADATA);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      expect(JsonToken.VALUE_STRING, "a string", METADATA + " \"" + key + "\"");
      if (metadata.put(key, parser.getString()) != null) {
        throw duplicate("\"" + key + "\"", METADATA);
      }
    }
  }

  private StoredTensor tensor(String name) {
    String where = "tensor \"" + name + "\"";
    expect(JsonToken.START_OBJECT, "an object with dtype, shape and data_offsets", where);
    StoredType type = null;
    long[] shape = null;
    long[] offsets = null;
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (!seen.add(key)) {
        throw duplicate("\"" + key + "\"", where);
      }
      switch (key) {
        case "dtype" -> type = type(where);
        case "shape" -> shape = naturals(where + ", shape");
        case "data_offsets" -> offsets = naturals(where + ", data_offsets");
        default -> throw wrong(where, "dtype, shape and data_offsets", "\"" + key + "\"");
      }
    }
    if (type == null || shape == null || offsets == null) {
      throw wrong(where, "dtype, shape and data_offsets", "only " + seen);
    }
    if (offsets.length != 2) {
      throw wrong(where, "two data_offsets", Arrays.toString(offsets));
    }
    return new StoredTensor(name, type, shape, offsets[0], offsets[1]);
  }

  private StoredType type(String where) {
    expect(JsonToken.VALUE_STRING, "a string", where + ", dtype");
    String name = parser.getString();
    return StoredType.named(name)
        .orElseThrow(() ->
            new WeightsException(
                file,
                where
                    + ": dtype \""
                    + name
                    + "\" cannot be read; convert it to one of "
                    + StoredType.names()));
  }

  private long[] naturals(String where) {
    expect(JsonToken.START_ARRAY, "an array of whole numbers", where);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      numbers.add(natural(where));
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private long natural(String where) {
    String expected = "whole numbers from 0 to " + Long.MAX_VALUE;
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrong(where, expected, found());
    }
    try {
      long number = Long.parseLong(parser.getString());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Too many digits for a long: reported below, as a negative number is.
    }
    throw wrong(where, expected, parser.getString());
  }

  private void expect(JsonToken token, String what, String where) {
    if (parser.nextToken() != token) {
      throw wrong(where, what, found());
    }
  }

  private String found() {
    return parser.currentToken() == null ? "the end" : parser.getString();
  }

  private WeightsException duplicate(String what, String where) {
    return new WeightsException(
        file, what + " stands twice in " + where + "; the file is damaged, write it again");
  }

  private WeightsException wrong(String where, String expected, String found) {
    return new WeightsException(
        file,
        where
            + ": expected "
            + expected
            + ", found "
            + found
            + "; the file is damaged or no safetensors file");
  }
}
