package dev.retain.runtime.text;

import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text file of any length, read from start to end in constant memory as bytes, which are the ids
 * of {@link ByteTokenizer}. Every byte is checked before it is handed out.
 */
public final class Utf8File implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final Utf8Validator validator;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  private Utf8File(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.size = channel.size();
    this.validator = new Utf8Validator(path);
  }

  /**
   * Opens a file.
   *
   * @throws FileException if it cannot be read
   */
  public static Utf8File open(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new TextException(path + ": it is not a regular file; give a text file");
    }
    try {
      return new Utf8File(path, FileChannel.open(path));
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  /** Bytes of the whole file. */
  public long size() {
    return size;
  }

  /**
   * Reads the next tokens into {@code tokens[from .. from + count)}, all of them unless the file
   * ends.
   *
   * @return how many were read; 0 at the end
   * @throws TextException at the first byte that is not valid UTF-8, naming its offset and line
   * @throws FileException if the file cannot be read on
   */
  public int read(int[] tokens, int from, int count) {
    int read = 0;
    while (read < count && (buffer.hasRemaining() || refill())) {
      tokens[from + read++] = buffer.get() & 0xff;
    }
    return read;
  }

  private boolean refill() {
    try {
      buffer.clear();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        validator.finish();
        return false;
      }
      validator.check(buffer);
      return true;
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }
}
