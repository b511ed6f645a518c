package dev.retain.runtime.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a file whole or not at all: beside its final place first, forced to the disk, then renamed
 * over it. A reader sees the old file or the new one; on failure, or when the JVM is stopped, the
 * old file stays and nothing else does.
 */
public final class AtomicFile {
  /** What writes a file. The channel is empty and at position 0. */
  @FunctionalInterface
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> UNFINISHED.forEach(AtomicFile::deleteQuietly)));
  }

  private AtomicFile() {}

  /**
   * Writes {@code target}, replacing a regular file that is there.
   *
   * @throws FileException if it cannot be written; an exception that is not an {@link IOException}
   *     passes through. Neither leaves a file behind
   */
  public static void write(Path target, Content content) {
    Path place = place(target);
    Path unfinished = place.resolveSibling("." + place.getFileName() + "." + unique() + ".part");
    UNFINISHED.add(unfinished);
    try {
      writeForced(unfinished, content);
      Files.move(
          unfinished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(place.getParent());
    } catch (AccessDeniedException e) {
      throw FileException.writing(
          target, "no permission to write in " + place.getParent() + "; choose another folder", e);
    } catch (IOException e) {
      throw FileException.writing(target, e);
    } finally {
      deleteQuietly(unfinished);
      UNFINISHED.remove(unfinished);
    }
  }

  private static Path place(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw FileException.writing(
          target, "the folder " + folder + " does not exist; create it first", null);
    }
    if (Files.isDirectory(absolute)) {
      throw FileException.writing(target, "it is a folder; name a file in it", null);
    }
    // Renaming over a device or a pipe would replace it.
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      throw FileException.writing(target, "it is not a regular file; choose another name", null);
    }
    return realPath(target, absolute);
  }

  /** Follows a symbolic link, so that the link stays one. */
  private static Path realPath(Path target, Path absolute) {
    try {
      return Files.exists(absolute) ? absolute.toRealPath() : absolute;
    } catch (IOException e) {
      throw FileException.writing(target, e);
    }
  }

  private static String unique() {
    return ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
  }

  private static void writeForced(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  /** The rename itself survives a crash only once the folder is on the disk. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some systems cannot open a folder; there the rename is as safe as it can be.
      return;
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The failure that led here is the one to report.
      return;
    }
  }
}
