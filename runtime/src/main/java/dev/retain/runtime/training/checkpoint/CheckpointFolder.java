package dev.retain.runtime.training.checkpoint;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: the last two, named after their steps, and the best one. A new one is
 * whole on the disk before an old one goes.
 */
public final class CheckpointFolder {
  private static final Pattern NAME = Pattern.compile("step-(\\d+)\\.safetensors");
  private static final int KEPT = 2;

  private final Path folder;
  private final Disk disk;

  /**
   * @param folder is there
   */
  public CheckpointFolder(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** Whether there is any, whole or not. */
  public boolean isEmpty() {
    return lastFirst().isEmpty();
  }

  /**
   * The last one that is whole.
   *
   * @param log is told of those that are not
   * @return empty if there is none at all
   * @throws TrainingException if there are some, and none of them is whole
   */
  public Optional<StoredCheckpoint> last(Consumer<String> log) {
    List<String> problems = new ArrayList<>();
    for (Path file : lastFirst()) {
      try {
        StoredCheckpoint stored = CheckpointFile.read(file);
        problems.forEach(problem -> log.accept(problem + "; using " + file + " instead"));
        return Optional.of(stored);
      } catch (RetainException e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new TrainingException(
          "no checkpoint of this run can be used:\n  %s\nRestore one from a copy, or begin another run with another --out."
              .formatted(String.join("\n  ", problems)));
    }
    return Optional.empty();
  }

  /**
   * The one that predicted held-out text best, if any was measured.
   *
   * @throws TrainingException if it is not whole
   */
  public Optional<StoredCheckpoint> best() {
    if (!Files.exists(bestFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(CheckpointFile.read(bestFile()));
    } catch (TrainingException e) {
      throw new TrainingException(
          e.getMessage()
              + "\n"
              + "Restore it from a copy; or delete it, and --resume takes the weights of the last"
              + " step instead.");
    }
  }

  /** Writes a checkpoint, then deletes those that are no longer needed. */
  public Path save(
      RunState state, RunIdentity identity, SequencedMap<String, NativeTensor> tensors) {
    Path file = folder.resolve("step-%08d.safetensors".formatted(state.step()));
    CheckpointFile.write(disk, file, state, identity, tensors);
    // Those of later steps are damaged, or the run would not have gone back before them.
    lastFirst().stream().filter(other -> step(other) > state.step()).forEach(disk::delete);
    deleteOld();
    return file;
  }

  /** Replaces the best one; the old one stays until the new one is whole. */
  public void saveBest(
      RunState state, RunIdentity identity, SequencedMap<String, NativeTensor> tensors) {
    CheckpointFile.write(disk, bestFile(), state, identity, tensors);
  }

  /** Deletes all but the last two. */
  void deleteOld() {
    lastFirst().stream().skip(KEPT).forEach(disk::delete);
  }

  /** Deletes the best one, such as that of a run that ended before its first checkpoint. */
  void deleteBest() {
    disk.delete(bestFile());
  }

  private Path bestFile() {
    return folder.resolve("best.safetensors");
  }

  private List<Path> lastFirst() {
    return files()
        .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
        .sorted(Comparator.comparingLong(CheckpointFolder::step).reversed())
        .toList();
  }

  private static long step(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no checkpoint: " + file);
    }
    return Long.parseLong(matcher.group(1));
  }

  private Stream<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }
}
