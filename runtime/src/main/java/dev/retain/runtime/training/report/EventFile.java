package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

/** Events for TensorBoard; the numbers are those of its protocol buffers. */
final class EventFile implements AutoCloseable {
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
  private final Protobuf event = new Protobuf();
  private final Protobuf summary = new Protobuf();
  private final Protobuf value = new Protobuf();

  /**
   * @param clock the time in seconds since 1970
   */
  EventFile(Path file, Disk disk, DoubleSupplier clock) {
    this.records = new RecordFile(file, disk);
    this.clock = clock;
  }

  /** Cuts off what came after a step. */
  void keepTo(long step) {
    records.keepWhile(event -> step(event) <= step);
    if (records.isEmpty()) {
      records.add(
          event
              .clear()
              .real(WALL_TIME, clock.getAsDouble())
              .ascii(FILE_VERSION, "brain.Event:2")
              .read());
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

  /** Begins an event of points of several curves; {@link #add} adds it to the file. */
  EventFile begin() {
    summary.clear();
    return this;
  }

  /** Another curve's point, whose name is of ASCII characters; none where there is no number. */
  EventFile number(String tag, double number) {
    if (!Double.isNaN(number)) {
      value.clear().ascii(TAG, tag).real(SIMPLE_VALUE, (float) number);
      summary.message(VALUE, value);
    }
    return this;
  }

  /** Adds a text, shown as Markdown. */
  void addText(long step, String tag, String text) {
    Protobuf shape = new Protobuf().message(DIMENSION, new Protobuf().number(1, 1));
    Protobuf tensor =
        new Protobuf().number(TYPE, STRINGS).message(SHAPE, shape).text(STRING_VALUE, text);
    Protobuf plugin = new Protobuf().message(1, new Protobuf().text(1, "text"));
    value.clear().ascii(TAG, tag).message(TENSOR, tensor).message(METADATA, plugin);
    summary.clear().message(VALUE, value);
    add(step);
  }

  /** Adds the event that was begun. */
  void add(long step) {
    event.clear().real(WALL_TIME, clock.getAsDouble()).number(STEP, step).message(SUMMARY, summary);
    records.add(event.read());
  }

  void force() {
    records.force();
  }

  @Override
  public void close() {
    records.close();
  }
}
