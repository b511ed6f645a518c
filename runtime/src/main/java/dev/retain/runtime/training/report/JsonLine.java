package dev.retain.runtime.training.report;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One line of JSON, put together again and again in the same memory. */
final class JsonLine {
  private final Bytes bytes = new Bytes();

  // It alone prints numbers, as the JVM always prints them, without an object for each.
  private final StringBuilder number = new StringBuilder();

  /** Begins another line, with its first field. */
  JsonLine begin(String name, long value) {
    bytes.clear().put('{');
    name(name);
    return whole(value);
  }

  JsonLine add(String name, long value) {
    bytes.put(',');
    name(name);
    return whole(value);
  }

  JsonLine add(String name, double value) {
    bytes.put(',');
    name(name);
    number.setLength(0);
    bytes.putAscii(number.append(value));
    return this;
  }

  JsonLine add(String name, String value) {
    bytes.put(',');
    name(name);
    bytes.put(quoted(value).getBytes(StandardCharsets.UTF_8));
    return this;
  }

  private void name(String name) {
    bytes.put('"').putAscii(name).put('"').put(':');
  }

  private JsonLine whole(long value) {
    number.setLength(0);
    bytes.putAscii(number.append(value));
    return this;
  }

  private static String quoted(String text) {
    StringWriter quoted = new StringWriter();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), quoted)) {
      json.writeString(text);
    }
    return quoted.toString();
  }

  /** The line, which is over with this. */
  ByteBuffer read() {
    return bytes.put('}').put('\n').read();
  }
}
