import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or writes the format of every Java file below a folder: {@code check|write FOLDER REPORT}.
 * The build runs it in a JVM of its own, because Maven's may be too old to parse our language.
 *
 * <p>The report exists afterwards only if a file is not formatted, and names each such file. It
 * takes the place of an exit status, which Maven would answer with a page of stack trace.
 */
final class Format {
  private Format() {}

  public static void main(String[] arguments) throws Exception {
    boolean write = arguments[0].equals("write");
    Path folder = Path.of(arguments[1]);
    Path report = Path.of(arguments[2]);
    Files.deleteIfExists(report);

    List<String> command = new ArrayList<>();
    command.add(write ? "--replace" : "--dry-run");
    command.addAll(javaFiles(folder));
    StringWriter text = new StringWriter();
    PrintWriter unformatted = new PrintWriter(text);
    PrintWriter errors = new PrintWriter(System.out);
    int status =
        new Main(unformatted, errors, InputStream.nullInputStream())
            .format(command.toArray(String[]::new));
    errors.flush();

    if (status != 0 || !text.toString().isEmpty()) {
      System.out.print(text);
      Files.writeString(report, text.toString());
    }
  }

  private static List<String> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !isGenerated(folder.relativize(file)))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  private static boolean isGenerated(Path file) {
    for (Path part : file) {
      if (part.toString().equals("target")) {
        return true;
      }
    }
    return false;
  }
}
