package dev.retain.runtime.training.report;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checksums of TensorFlow's records: rotated and shifted, so that a record may itself hold them.
 */
final class Checksum {
  private static final int MASK = 0xa282ead8;

  private final CRC32C crc = new CRC32C();

  /** Of what remains, which stays. */
  int of(ByteBuffer bytes) {
    int start = bytes.position();
    crc.reset();
    crc.update(bytes);
    bytes.position(start);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
