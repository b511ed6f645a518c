package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Events for TensorBoard; the numbers are those of its protocol buffers. */
final class EventFile {
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int TENSOR = 8;
  private static final int METADATA = 9;

  private static final int TYPE = 1;
  private static final int STRINGS = 7;
  private static final int SHAPE = 2;
  private static final int DIMENSION = 2;
  private static final int STRING_VALUE = 8;

  // A wall time of 8 bytes and its key stand before the step.
  private static final int STEP_KEY_AT = 1 + Double.BYTES;
  private static final int STEP_KEY = STEP << 3;

  private final RecordFile records;
  private final DoubleSupplier clock;

  /**
   * @param clock the time in seconds since 1970
   */
  EventFile(Path file, Disk disk, DoubleSupplier clock) {
    this.records = new RecordFile(file, disk);
    this.clock = clock;
  }

  /** Cuts off what came after a step. */
  void begin(long step) {
    records.keepWhile(event -> step(event) <= step);
    if (records.isEmpty()) {
      records.add(
          new Protobuf()
              .real(WALL_TIME, clock.getAsDouble())
              .text(FILE_VERSION, "brain.Event:2")
              .toBytes());
    }
  }

  private static long step(ByteBuffer event) {
    if (event.limit() <= STEP_KEY_AT || event.get(STEP_KEY_AT) != STEP_KEY) {
      return 0;
    }
    long step = 0;
    int at = STEP_KEY_AT;
    int shift = 0;
    do {
      at++;
      step |= (event.get(at) & 0x7fL) << shift;
      shift += 7;
    } while (event.get(at) < 0);
    return step;
  }

  /** Adds a point to each of several curves. */
  void addNumbers(long step, Map<String, Double> values) {
    Protobuf summary = new Protobuf();
    values.forEach((tag, value) ->
        summary.message(
            VALUE, new Protobuf().text(TAG, tag).real(SIMPLE_VALUE, value.floatValue())));
    add(step, summary);
  }

  /** Adds a text, shown as Markdown. */
  void addText(long step, String tag, String text) {
    Protobuf shape = new Protobuf().message(DIMENSION, new Protobuf().number(1, 1));
    Protobuf tensor =
        new Protobuf().number(TYPE, STRINGS).message(SHAPE, shape).text(STRING_VALUE, text);
    Protobuf plugin = new Protobuf().message(1, new Protobuf().text(1, "text"));
    Protobuf value =
        new Protobuf().text(TAG, tag).message(TENSOR, tensor).message(METADATA, plugin);
    add(step, new Protobuf().message(VALUE, value));
  }

  private void add(long step, Protobuf summary) {
    records.add(
        new Protobuf()
            .real(WALL_TIME, clock.getAsDouble())
            .number(STEP, step)
            .message(SUMMARY, summary)
            .toBytes());
  }

  void force() {
    records.force();
  }
}
