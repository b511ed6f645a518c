package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A file of records as TensorFlow frames them: the length in 8 bytes, its checksum in 4, the
 * content, its checksum in 4, all little-endian.
 */
final class RecordFile {
  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int FOOTER = Integer.BYTES;
  private static final int MASK = 0xa282ead8;

  private final Path file;
  private final Disk disk;

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

  void add(byte[] content) {
    ByteBuffer record =
        ByteBuffer.allocate(HEADER + content.length + FOOTER).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(content.length);
    record.putInt(checksum(record.array(), 0, Long.BYTES));
    record.put(content);
    record.putInt(checksum(content, 0, content.length));
    disk.append(file, record.array());
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

  private ByteBuffer bytes() {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static boolean isWhole(ByteBuffer bytes, int at) {
    if (bytes.limit() - at < HEADER + FOOTER) {
      return false;
    }
    long length = bytes.getLong(at);
    return length >= 0
        && length <= bytes.limit() - at - HEADER - FOOTER
        && bytes.getInt(at + Long.BYTES) == checksum(bytes.array(), at, Long.BYTES)
        && bytes.getInt(at + HEADER + (int) length)
            == checksum(bytes.array(), at + HEADER, (int) length);
  }

  private static ByteBuffer content(ByteBuffer bytes, int at) {
    return bytes.slice(at + HEADER, (int) bytes.getLong(at)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Rotated and shifted, as the format has it, so that a record may itself hold checksums. */
  static int checksum(byte[] bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
