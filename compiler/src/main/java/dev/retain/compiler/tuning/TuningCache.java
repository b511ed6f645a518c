package dev.retain.compiler.tuning;

import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.files.UserCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What was measured before: a file for each machine and shape, named after the model. */
public final class TuningCache {
  private static final int DIGITS = 12;

  private final Path folder;

  private TuningCache(Path folder) {
    this.folder = folder;
  }

  /** That of this user. */
  public static TuningCache ofUser() {
    return in(UserCache.folder("tuning"));
  }

  public static TuningCache in(Path folder) {
    return new TuningCache(folder);
  }

  /** Whether anything was ever measured for a model of that name. */
  public boolean knows(String model) {
    return !files(model).isEmpty();
  }

  /** What is known for a key, or of those that are nearest to it why they are not for it. */
  public Found find(TuningKey key) {
    List<TuningJson.Entry> others = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files(key.model())) {
      try {
        TuningJson.Entry entry = TuningJson.read(Files.readAllBytes(file));
        if (key.covers(entry.key()) && key.model().equals(entry.key().model())) {
          return new Found.Hit(entry.tuning());
        }
        if (key.model().equals(entry.key().model())) {
          others.add(entry);
        }
      } catch (IOException | IllegalArgumentException e) {
        problems.add("%s: %s".formatted(file, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      return new Found.Damaged(problems.getFirst());
    }
    return others.stream()
        .map(other -> key.differences(other.key()))
        .min(Comparator.comparingInt(List::size))
        .<Found>map(Found.Missed::new)
        .orElseGet(Found.Nothing::new);
  }

  private List<Path> files(String model) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> file.getFileName().toString().matches("\\Q" + model + "\\E-[0-9a-f]+\\.json"))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  /**
   * Keeps what was measured, in place of what is known for the same key.
   *
   * @return the file
   * @throws FileException if it cannot be written
   */
  public Path write(TuningKey key, Tuning tuning) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
    Path file = folder.resolve("%s-%s.json".formatted(key.model(), digest(key)));
    ByteBuffer text = ByteBuffer.wrap(TuningJson.write(new TuningJson.Entry(key, tuning)));
    AtomicFile.write(
        file,
        channel -> {
          while (text.hasRemaining()) {
            channel.write(text);
          }
        });
    return file;
  }

  /** Of all that must be the same. */
  private static String digest(TuningKey key) {
    String text =
        String.join(
            "\n",
            key.version(),
            key.machine().toString(),
            key.real().name(),
            key.shapes().toString());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
