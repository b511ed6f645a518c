package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A file to which a line of JSON is added from step to step; each line has its "step". */
final class JsonLines {
  private static final String STEP = "step";

  private final Path file;
  private final Disk disk;

  JsonLines(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /**
   * Adds a line.
   *
   * @param fields whole numbers, other numbers and text
   */
  void add(SequencedMap<String, Object> fields) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      fields.forEach((name, value) -> {
        json.writeName(name);
        switch (value) {
          case Long number -> json.writeNumber(number);
          case Double number -> json.writeNumber(number);
          case String text -> json.writeString(text);
          default -> throw new IllegalArgumentException("no field: " + value);
        }
      });
      json.writeEndObject();
    }
    disk.append(file, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void force() {
    disk.force(file);
  }

  /**
   * Cuts the file off before the first line of a later step, or before the first that is no whole
   * line.
   *
   * @return the lines that stay
   */
  List<SequencedMap<String, Object>> keepTo(long step) {
    if (!Files.exists(file)) {
      return List.of();
    }
    byte[] bytes = bytes();
    List<SequencedMap<String, Object>> kept = new ArrayList<>();
    int end = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      SequencedMap<String, Object> line =
          line(new String(bytes, end, i - end, StandardCharsets.UTF_8));
      if (!(line.get(STEP) instanceof Long lineStep && lineStep <= step)) {
        break;
      }
      kept.add(line);
      end = i + 1;
    }
    if (end < bytes.length) {
      disk.truncate(file, end);
    }
    return kept;
  }

  private byte[] bytes() {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** The fields of a line; none if it is no line of ours. */
  private static SequencedMap<String, Object> line(String text) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new LinkedHashMap<>();
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (value) {
          case VALUE_NUMBER_INT -> fields.put(name, json.getLongValue());
          case VALUE_NUMBER_FLOAT -> fields.put(name, json.getDoubleValue());
          case VALUE_STRING -> fields.put(name, json.getString());
          default -> {
            return new LinkedHashMap<>();
          }
        }
      }
      return fields;
    } catch (JacksonException e) {
      return new LinkedHashMap<>();
    }
  }
}
