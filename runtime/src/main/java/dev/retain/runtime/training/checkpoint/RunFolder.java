package dev.retain.runtime.training.checkpoint;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.training.TrainingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder of a run, which no other process uses meanwhile.
 *
 * @param start where the run goes on; empty if it begins
 */
public record RunFolder(
    Path path, CheckpointFolder checkpoints, Optional<StoredCheckpoint> start, FileChannel lock)
    implements AutoCloseable {

  /**
   * Opens a folder, which is made if there is none.
   *
   * @param resume whether a run that is there goes on; without one it begins
   * @param log is told what is worth knowing
   * @throws TrainingException if the folder is in use, if it has a run that is not to go on, or if
   *     no checkpoint of it is whole
   */
  public static RunFolder open(Path path, boolean resume, Disk disk, Consumer<String> log) {
    FileChannel lock = lock(path);
    try {
      Path folder = Files.createDirectories(path.resolve("checkpoints"));
      Files.createDirectories(path.resolve("tensorboard"));
      CheckpointFolder checkpoints = new CheckpointFolder(folder, disk);
      boolean hasRun = !checkpoints.isEmpty() || Files.exists(path.resolve("metrics.jsonl"));
      if (hasRun && !resume) {
        throw new TrainingException(
            "%s already holds a run; give --resume to go on with it, or another --out"
                .formatted(path));
      }
      deleteUnfinished(path, disk);
      deleteUnfinished(folder, disk);
      Optional<StoredCheckpoint> start = checkpoints.last(log);
      checkpoints.deleteOld();
      if (start.isEmpty()) {
        checkpoints.deleteBest();
      }
      if (resume && start.isEmpty()) {
        log.accept(
            "There is no checkpoint in " + path + " to resume: beginning at the first step.");
      }
      return new RunFolder(path, checkpoints, start, lock);
    } catch (IOException e) {
      close(lock);
      throw FileException.reading(path, e);
    } catch (RuntimeException e) {
      close(lock);
      throw e;
    }
  }

  /**
   * What was chosen by measuring when the run in a folder was begun; empty if there is none that
   * could go on.
   */
  public static Optional<Map<String, String>> choices(Path path) {
    Path folder = path.resolve("checkpoints");
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try {
      return new CheckpointFolder(folder, Disk.REAL)
          .last(_ -> {})
          .map(stored -> stored.identity().choices());
    } catch (TrainingException noneWhole) {
      // To open the folder says so.
      return Optional.empty();
    }
  }

  /** What writes left behind that were killed. */
  private static void deleteUnfinished(Path folder, Disk disk) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.getFileName().toString().matches("\\..*\\.part"))
          .toList()
          .forEach(disk::delete);
    }
  }

  private static FileChannel lock(Path path) {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        throw new TrainingException(
            path + " is in use by another run; wait for it, or give another --out");
      }
      return channel;
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // The process ends soon, and the lock with it.
      return;
    }
  }

  @Override
  public void close() {
    close(lock);
  }
}
