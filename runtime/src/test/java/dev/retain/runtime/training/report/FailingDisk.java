package dev.retain.runtime.training.report;

import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.files.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The machine's files, until the process is killed at one of the accesses. */
final class FailingDisk implements Disk {
  /** When, within an access. */
  enum When {
    BEFORE,
    HALFWAY,
    AFTER
  }

  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final int access;
  private final When when;
  private final Duration delay;
  private int count;

  FailingDisk(int access, When when) {
    this(access, when, Duration.ZERO);
  }

  /**
   * @param delay before every access
   */
  FailingDisk(int access, When when, Duration delay) {
    this.access = access;
    this.when = when;
    this.delay = delay;
  }

  int count() {
    return count;
  }

  private interface Part {
    void run() throws IOException;
  }

  private void access(Part half, Runnable whole) {
    boolean isLast = ++count == access;
    LockSupport.parkNanos(delay.toNanos());
    try {
      if (isLast && when == When.HALFWAY) {
        half.run();
      } else if (!isLast || when == When.AFTER) {
        whole.run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (isLast) {
      throw new Killed();
    }
  }

  @Override
  public void replace(Path file, AtomicFile.Content content) {
    access(
        () -> {
          Path part = file.resolveSibling("." + file.getFileName() + ".1-" + count + ".part");
          try (FileChannel channel =
              FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
            channel.truncate(channel.size() / 2);
          }
        },
        () -> Disk.REAL.replace(file, content));
  }

  @Override
  public Appending append(Path file) {
    Appending end = Disk.REAL.append(file);
    return new Appending() {
      @Override
      public void add(ByteBuffer bytes) {
        access(
            () -> end.add(bytes.limit(bytes.position() + bytes.remaining() / 2)),
            () -> end.add(bytes));
      }

      @Override
      public void close() {
        end.close();
      }
    };
  }

  @Override
  public void truncate(Path file, long size) {
    access(() -> {}, () -> Disk.REAL.truncate(file, size));
  }

  @Override
  public void force(Path file) {
    // Nothing is lost but when the machine itself fails, and tests should be fast.
    access(() -> {}, () -> {});
  }

  @Override
  public void delete(Path file) {
    access(
        () -> {},
        () -> {
          try {
            Files.deleteIfExists(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
