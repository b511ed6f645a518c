package dev.retain.cli.compile;

import dev.retain.cli.console.Console;
import dev.retain.cli.run.StandaloneMain;
import dev.retain.compiler.Compiler;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.jar.ModelJarContent.Extra;
import dev.retain.runtime.launch.SelfLauncher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.numbers.core.DD;
import org.apache.commons.numbers.gamma.Erf;
import picocli.CommandLine;
import tools.jackson.core.json.JsonFactory;

/**
 * What a model's jar needs besides the model to run by itself: the run commands, the runtime, and
 * the libraries that these use. ND4J is not among them: it would make the jar a hundred times
 * larger, and no command touches it.
 */
final class StandaloneJar {
  /**
   * A place on our own class path, found by a class in it.
   *
   * @param folder what is taken of it; empty for all
   */
  private record Part(Class<?> witness, String folder) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(StandaloneMain.class, "dev/retain/cli/run/"),
          new Part(Console.class, "dev/retain/cli/console/"),
          new Part(RetainException.class, "dev/retain/runtime/"),
          new Part(CommandLine.class, ""),
          new Part(JsonFactory.class, ""),
          new Part(Erf.class, ""),
          new Part(DD.class, ""));

  private StandaloneJar() {}

  /** Attributes of the jar's manifest. */
  static Map<String, String> manifest() {
    return Map.of(
        "Main-Class",
        SelfLauncher.class.getName(),
        SelfLauncher.MAIN_ATTRIBUTE,
        StandaloneMain.class.getName(),
        "Implementation-Version",
        Compiler.VERSION,
        "Multi-Release",
        "true");
  }

  /** Entries of the jar, by path; a few megabytes. */
  static List<Extra> entries() {
    Map<String, Extra> entries = new LinkedHashMap<>();
    for (Part part : PARTS) {
      add(part, entries);
    }
    return List.copyOf(entries.values());
  }

  private static void add(Part part, Map<String, Extra> entries) {
    try {
      Path place =
          Path.of(part.witness.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(place)) {
        addFrom(place, part, place.getFileName().toString(), entries);
        return;
      }
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        String library = place.getFileName().toString().replaceFirst("\\.jar$", "");
        addFrom(jar.getRootDirectories().iterator().next(), part, library, entries);
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("cannot read our own class path: " + part.witness, e);
    }
  }

  private static void addFrom(Path root, Part part, String library, Map<String, Extra> entries)
      throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String path =
          root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
      if (path.startsWith(part.folder) && isWanted(path)) {
        byte[] bytes = Files.readAllBytes(file);
        String target = target(path, library);
        entries.putIfAbsent(target, new Extra(target, () -> new ByteArrayInputStream(bytes)));
      }
    }
  }

  private static boolean isWanted(String path) {
    return !path.equals("META-INF/MANIFEST.MF")
        && !path.startsWith("META-INF/maven/")
        && !path.endsWith("module-info.class");
  }

  /** Licences of several libraries have the same name. */
  private static String target(String path, String library) {
    return path.matches("META-INF/[^/]*(LICENSE|NOTICE)[^/]*")
        ? "META-INF/licenses/" + library + "/" + path.substring("META-INF/".length())
        : path;
  }
}
