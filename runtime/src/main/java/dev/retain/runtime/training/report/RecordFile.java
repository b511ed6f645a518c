package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * A file of records as TensorFlow frames them: the length in 8 bytes, its checksum in 4, the
 * content, its checksum in 4, all little-endian.
 */
final class RecordFile implements AutoCloseable {
  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int FOOTER = Integer.BYTES;

  private final Path file;
  private final Disk disk;
  private final Bytes record = new Bytes();
  private final Checksum checksum = new Checksum();

  /** Open once something is added. */
  private Disk.Appending end;

  RecordFile(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  boolean isEmpty() {
    try {
      return !Files.exists(file) || Files.size(file) == 0;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  void add(ByteBuffer content) {
    int length = content.remaining();
    int ofLength = checksum.of(record.clear().putLong(length).read());
    int ofContent = checksum.of(content);
    record.clear().putLong(length).putInt(ofLength).put(content).putInt(ofContent);
    if (end == null) {
      end = disk.append(file);
    }
    end.add(record.read());
  }

  void force() {
    disk.force(file);
  }

  /** Cuts the file off before the first record that is not wanted, or is not whole. */
  void keepWhile(Predicate<ByteBuffer> wanted) {
    if (isEmpty()) {
      return;
    }
    ByteBuffer bytes = bytes();
    int end = 0;
    while (isWhole(bytes, end) && wanted.test(content(bytes, end))) {
      end += HEADER + (int) bytes.getLong(end) + FOOTER;
    }
    if (end < bytes.limit()) {
      disk.truncate(file, end);
    }
  }

  @Override
  public void close() {
    if (end != null) {
      end.close();
    }
  }

  private ByteBuffer bytes() {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private boolean isWhole(ByteBuffer bytes, int at) {
    if (bytes.limit() - at < HEADER + FOOTER) {
      return false;
    }
    long length = bytes.getLong(at);
    return length >= 0
        && length <= bytes.limit() - at - HEADER - FOOTER
        && bytes.getInt(at + Long.BYTES) == checksum.of(bytes.slice(at, Long.BYTES))
        && bytes.getInt(at + HEADER + (int) length)
            == checksum.of(bytes.slice(at + HEADER, (int) length));
  }

  private static ByteBuffer content(ByteBuffer bytes, int at) {
    return bytes.slice(at + HEADER, (int) bytes.getLong(at)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
