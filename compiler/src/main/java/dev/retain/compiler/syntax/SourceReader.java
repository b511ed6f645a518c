package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.diagnostics.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads files of the language: UTF-8, at most 4 MiB. */
public final class SourceReader {
  static final int LARGEST = 4 << 20;
  private static final String RELATIVE =
      "a path that does not begin with `/` starts in the folder where the command runs";

  private SourceReader() {}

  /** Reads the file that the user named; empty when a diagnostic says why it cannot be read. */
  public static Optional<Source> read(Path path, Diagnostics diagnostics) {
    return read(path, path.toString(), Span.file(path.toString()), diagnostics);
  }

  /**
   * Reads a file that a text asks for.
   *
   * @param name what the user shall see as the file's name
   * @param askedFor the place to blame when the file cannot be read, such as an import
   * @return empty when a diagnostic says why the file cannot be read
   */
  public static Optional<Source> read(
      Path path, String name, Span askedFor, Diagnostics diagnostics) {
    if (Files.isDirectory(path)) {
      diagnostics
          .error(Code.UNREADABLE_FILE, askedFor, "expected a file, found the folder `" + name + "`")
          .help("name a file in it, which ends in `.ret`");
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        diagnostics
            .error(
                Code.FILE_TOO_LARGE,
                askedFor,
                "`" + name + "` is larger than the 4 MiB that a file of the language may have")
            .help("is it a `.ret` file? parts of a large one can be imported");
        return Optional.empty();
      }
      return decode(bytes, name, diagnostics);
    } catch (NoSuchFileException e) {
      diagnostics
          .error(Code.UNREADABLE_FILE, askedFor, "there is no file `" + name + "`")
          .help(nearest(path));
    } catch (AccessDeniedException e) {
      diagnostics
          .error(Code.UNREADABLE_FILE, askedFor, "no permission to read the file `" + name + "`")
          .help("`chmod u+r` gives it to the file's owner");
    } catch (IOException e) {
      diagnostics.error(
          Code.UNREADABLE_FILE,
          askedFor,
          "the file `" + name + "` cannot be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  /** A file beside it whose name is similar, or else how paths are understood. */
  private static String nearest(Path path) {
    try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      return Suggestions.didYouMean(path.getFileName().toString(), names).orElse(RELATIVE);
    } catch (IOException e) {
      return RELATIVE;
    }
  }

  private static Optional<Source> decode(byte[] bytes, String name, Diagnostics diagnostics) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      Source readable = new Source(name, text);
      Span end = new Span(readable, text.length(), text.length());
      int at = in.position();
      diagnostics
          .error(
              Code.NOT_UTF8,
              end,
              "byte %d (0x%02X, in line %d) is not UTF-8"
                  .formatted(at, bytes[at] & 0xFF, readable.line(text.length())))
          .help("save the file as UTF-8");
      return Optional.empty();
    }
    return Optional.of(new Source(name, text.startsWith("\uFEFF") ? text.substring(1) : text));
  }
}
