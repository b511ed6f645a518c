package dev.retain.runtime.text;

import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads a text of any length from start to end, from a file, a packed file or a stream. */
public final class TextInput {
  private static final int BUFFER_BYTES = 1 << 16;

  private TextInput() {}

  /**
   * Reads a file; one whose name ends with {@code .gz} is unpacked.
   *
   * @param sink is given the bytes in order, after they were checked
   * @throws TextException at the first byte that is not valid UTF-8, naming its offset and line
   * @throws FileException if the file cannot be read
   */
  public static void read(Path file, Consumer<ByteBuffer> sink) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new TextException(file + ": it is not a regular file; give a text file");
    }
    try (InputStream stored = Files.newInputStream(file);
        InputStream bytes =
            file.toString().endsWith(".gz") ? new GZIPInputStream(stored, BUFFER_BYTES) : stored) {
      copy(file, bytes, sink);
    } catch (ZipException e) {
      throw new TextException(
          "%s: it cannot be unpacked (%s); give a whole gzip file, or another name to one that is none"
              .formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Reads a stream to its end.
   *
   * @param name in messages
   */
  public static void read(Path name, InputStream stream, Consumer<ByteBuffer> sink) {
    try {
      copy(name, stream, sink);
    } catch (IOException e) {
      throw FileException.reading(name, e);
    }
  }

  private static void copy(Path name, InputStream stream, Consumer<ByteBuffer> sink)
      throws IOException {
    Utf8Validator validator = new Utf8Validator(name);
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
      validator.check(bytes);
      sink.accept(bytes.asReadOnlyBuffer());
    }
    validator.finish();
  }
}
