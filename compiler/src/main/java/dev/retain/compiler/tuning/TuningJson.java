package dev.retain.compiler.tuning;

import dev.retain.compiler.loops.Tiling;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.JsonFields;
import dev.retain.runtime.program.Width;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** What was measured as text that people can read, too, and back. */
final class TuningJson {
  private static final int FORMAT = 1;

  /** A key and what was measured for it. */
  record Entry(TuningKey key, Tuning tuning) {}

  private TuningJson() {}

  /** A line for each field. */
  private static final class InLines extends ObjectWriteContext.Base {
    private final PrettyPrinter printer = new DefaultPrettyPrinter();

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }

    @Override
    public PrettyPrinter getPrettyPrinter() {
      return printer;
    }
  }

  static byte[] write(Entry entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(new InLines(), bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberProperty("format", FORMAT);
      key(json, entry.key());
      json.writeStringProperty("measured", entry.tuning().measured().orElseThrow());
      choice(json, "reading", entry.tuning().reading());
      choice(json, "training", entry.tuning().training());
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void key(JsonGenerator json, TuningKey key) {
    json.writeStringProperty("retain", key.version());
    json.writeStringProperty("processor", key.machine().processor());
    json.writeNumberProperty("processors", key.machine().processors());
    json.writeStringProperty("vectors", key.machine().width().name());
    json.writeStringProperty("java", key.machine().java());
    json.writeStringProperty("model", key.model());
    json.writeStringProperty("real", key.real().name());
    json.writeObjectPropertyStart("hyperparameters");
    key.hyperparameters().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeArrayPropertyStart("shapes");
    key.shapes().forEach(json::writeString);
    json.writeEndArray();
  }

  private static void choice(JsonGenerator json, String name, Choice choice) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("chunk", choice.chunk());
    json.writeNumberProperty("tile_rows", choice.tiling().height());
    json.writeNumberProperty("tile_vectors", choice.tiling().vectors());
    json.writeNumberProperty("block_columns", choice.tiling().columns());
    json.writeNumberProperty("block_rows", choice.tiling().rows());
    json.writeNumberProperty("block_depth_bytes", choice.tiling().depthBytes());
    json.writeEndObject();
  }

  /**
   * @throws IllegalArgumentException saying in one line what is wrong with the text
   */
  static Entry read(byte[] text) {
    try {
      JsonFields fields = JsonFields.parse("the file", text);
      if (fields.small("format") != FORMAT) {
        throw new IllegalArgumentException("it has another format than " + FORMAT);
      }
      TuningKey key = key(fields);
      return new Entry(
          key,
          new Tuning(
              key.machine().width(),
              choice(fields.object("reading")),
              choice(fields.object("training")),
              Optional.of(fields.text("measured"))));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static TuningKey key(JsonFields fields) {
    JsonFields set = fields.object("hyperparameters");
    Map<String, String> hyperparameters = new LinkedHashMap<>();
    set.values().keySet().forEach(name -> hyperparameters.put(name, set.text(name)));
    return new TuningKey(
        fields.text("retain"),
        new Machine(
            fields.text("processor"),
            fields.small("processors"),
            fields.choice("vectors", Width.class),
            fields.text("java")),
        fields.text("model"),
        fields.choice("real", ElementType.class),
        hyperparameters,
        fields.texts("shapes"));
  }

  private static Choice choice(JsonFields fields) {
    return new Choice(
        fields.small("chunk"),
        new Tiling(
            fields.small("tile_rows"),
            fields.small("tile_vectors"),
            fields.small("block_columns"),
            fields.small("block_rows"),
            fields.small("block_depth_bytes")));
  }
}
