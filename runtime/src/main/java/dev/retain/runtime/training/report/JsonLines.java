package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A file to which a line of JSON is added from step to step; each line has its "step". */
final class JsonLines implements AutoCloseable {
  private static final String STEP = "step";

  private final Path file;
  private final Disk disk;
  private final JsonLine line = new JsonLine();

  /** Open once something is added. */
  private Disk.Appending end;

  JsonLines(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /** Begins the line of a step; {@link #add} adds it to the file. */
  JsonLine begin(long step) {
    return line.begin(STEP, step);
  }

  /** Adds the line that was begun, as it is now. */
  void add() {
    if (end == null) {
      end = disk.append(file);
    }
    end.add(line.read());
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

  @Override
  public void close() {
    if (end != null) {
      end.close();
    }
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
