package dev.retain.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The {@code .ret} files of the project. */
public final class RetFiles {
  private RetFiles() {}

  /** Every file that should be right, wherever it stands in the project. */
  public static List<Path> right() {
    return under(root()).stream().filter(path -> !inFolder(path, "wrong")).toList();
  }

  /** Every file whose errors are written into it, without those that it imports. */
  public static List<Path> wrong() {
    Path folder = root().resolve("compiler/src/test/resources/wrong");
    return under(folder).stream().filter(path -> path.getParent().equals(folder)).toList();
  }

  /** The files that a wrong one imports: {@code a/b.ret} for {@code a.ret}. */
  static List<Path> importedBy(Path wrong) {
    Path folder = Path.of(wrong.toString().replaceFirst("\\.ret$", ""));
    return Files.isDirectory(folder) ? under(folder) : List.of();
  }

  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("grammar/pom.xml"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static List<Path> under(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> path.toString().endsWith(".ret") && !inFolder(path, "target"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean inFolder(Path path, String folder) {
    for (Path part : root().relativize(path)) {
      if (part.toString().equals(folder)) {
        return true;
      }
    }
    return false;
  }
}
