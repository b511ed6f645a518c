package dev.retain.runtime.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.tensorflow.framework.Summary;

/** Events as TensorFlow's own classes understand them. */
record Events(List<Event> events) {
  /**
   * One event.
   *
   * @param version of the file, or empty
   */
  record Event(double wallTime, long step, String version, List<Value> values) {}

  /** One value. */
  record Value(String tag, float number, String text) {}

  static Events read(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      List<Event> events = new ArrayList<>();
      while (bytes.hasRemaining()) {
        int at = bytes.position();
        int length = (int) bytes.getLong();
        assertThat(bytes.getInt()).isEqualTo(new Checksum().of(bytes.slice(at, 8)));
        byte[] content = new byte[length];
        bytes.get(content);
        assertThat(bytes.getInt()).isEqualTo(new Checksum().of(ByteBuffer.wrap(content)));
        events.add(event(CodedInputStream.newInstance(content)));
      }
      return new Events(events);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Event event(CodedInputStream in) throws IOException {
    double wallTime = 0;
    long step = 0;
    String version = "";
    List<Value> values = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> wallTime = in.readDouble();
        case 2 -> step = in.readInt64();
        case 3 -> version = in.readString();
        case 5 ->
            Summary.parseFrom(in.readBytes().toByteArray())
                .getValueList()
                .forEach(value -> values.add(value(value)));
        default -> throw new IOException("unknown field of an event: " + tag);
      }
    }
    return new Event(wallTime, step, version, values);
  }

  private static Value value(Summary.Value value) {
    String text = value.hasTensor() ? value.getTensor().getStringVal(0).toStringUtf8() : "";
    return new Value(value.getTag(), value.getSimpleValue(), text);
  }

  Events withoutClocks() {
    return new Events(
        events.stream()
            .map(event ->
                new Event(
                    0,
                    event.step(),
                    event.version(),
                    event.values().stream()
                        .filter(value -> !value.tag().startsWith("speed/"))
                        .toList()))
            .toList());
  }
}
