package dev.retain.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** All that a long task does to files, so that a test can make any of it fail. */
public interface Disk {
  /** Writes a file whole or not at all, as {@link AtomicFile} does. */
  void replace(Path file, AtomicFile.Content content);

  /** Opens a file to add to its end; it is made if there is none. */
  Appending append(Path file);

  /** A file that is open at its end. */
  interface Appending extends AutoCloseable {
    /** Adds all that remains of the bytes. */
    void add(ByteBuffer bytes);

    @Override
    void close();
  }

  /** Cuts a file off after so many bytes. */
  void truncate(Path file, long size);

  /** Waits until what was appended is on the disk; a file that is not there is none to wait for. */
  void force(Path file);

  /** Deletes a file if it is there. */
  void delete(Path file);

  /** The machine's files; what goes wrong is a {@link FileException}. */
  Disk REAL =
      new Disk() {
        @Override
        public void replace(Path file, AtomicFile.Content content) {
          AtomicFile.write(file, content);
        }

        @Override
        public Appending append(Path file) {
          return new AppendedFile(file);
        }

        @Override
        public void truncate(Path file, long size) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
            channel.force(true);
          } catch (IOException e) {
            throw FileException.writing(file, e);
          }
        }

        @Override
        public void force(Path file) {
          if (!Files.exists(file)) {
            return;
          }
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
          } catch (IOException e) {
            throw FileException.writing(file, e);
          }
        }

        @Override
        public void delete(Path file) {
          try {
            Files.deleteIfExists(file);
          } catch (IOException e) {
            throw FileException.writing(file, e);
          }
        }
      };
}
