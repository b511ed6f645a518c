package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The layers and functions that come with the compiler, written in the language itself. */
public final class StandardLibrary {
  /** Every file, by the name under which it is imported. */
  public static final List<String> FILES =
      List.of("std.layers", "std.norms", "std.activations", "std.initialisers");

  private StandardLibrary() {}

  /** The file that declares the name, for those who forgot to import it. */
  static Optional<String> declaring(String name) {
    Pattern declaration =
        Pattern.compile(
            "^(function|layer|recurrence) " + Pattern.quote(name) + "\\b", Pattern.MULTILINE);
    return FILES.stream()
        .filter(file -> declaration.matcher(source(file).orElseThrow().text()).find())
        .findFirst();
  }

  static Optional<Source> source(String name) {
    if (!FILES.contains(name)) {
      return Optional.empty();
    }
    String resource = "/dev/retain/" + name.replace('.', '/') + ".ret";
    try (InputStream stream = StandardLibrary.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("the compiler lacks its own " + resource);
      }
      return Optional.of(
          new Source(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
