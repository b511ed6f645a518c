package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Import;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Parser;
import dev.retain.compiler.syntax.SourceFile;
import dev.retain.compiler.syntax.SourceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a file and all that it imports, and gathers what each file's names mean. */
public final class ProgramLoader {
  private final Diagnostics diagnostics;
  private final List<SourceFile> files = new ArrayList<>();
  private final Map<SourceFile, Scope> scopes = new IdentityHashMap<>();
  private final Map<String, Optional<SourceFile>> loaded = new HashMap<>();
  private final List<String> loading = new ArrayList<>();

  private ProgramLoader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Reads from the file system; stops with every syntax and import error of all files. */
  public static Program load(Path path, Diagnostics diagnostics) {
    ProgramLoader loader = new ProgramLoader(diagnostics);
    Optional<SourceFile> main =
        loader.load(
            key(path),
            () -> SourceReader.read(path, diagnostics),
            path.toAbsolutePath().getParent());
    diagnostics.throwIfErrors();
    return new Program(main.orElseThrow(), loader.files, loader.scopes);
  }

  /** A program of one text, which can import the standard library only. */
  public static Program load(Source source, Diagnostics diagnostics) {
    ProgramLoader loader = new ProgramLoader(diagnostics);
    Optional<SourceFile> main = loader.load(source.name(), () -> Optional.of(source), null);
    diagnostics.throwIfErrors();
    return new Program(main.orElseThrow(), loader.files, loader.scopes);
  }

  private interface Reader {
    Optional<Source> read();
  }

  private Optional<SourceFile> load(String key, Reader reader, Path folder) {
    Optional<SourceFile> known = loaded.get(key);
    if (known != null) {
      return known;
    }
    loading.add(key);
    Optional<SourceFile> file = reader.read().map(source -> Parser.parse(source, diagnostics));
    file.ifPresent(f -> enter(f, folder));
    loading.removeLast();
    loaded.put(key, file);
    return file;
  }

  private void enter(SourceFile file, Path folder) {
    Map<String, Scope.Entry> entries = new LinkedHashMap<>();
    for (Import imported : file.imports()) {
      load(imported, folder)
          .ifPresent(other ->
              scopes.get(other).entries().values().forEach(entry -> add(entry, imported, entries)));
    }
    for (Declaration declaration : file.declarations()) {
      Scope.nameOf(declaration)
          .ifPresent(name -> declare(new Scope.Entry(declaration, name, file), entries));
    }
    scopes.put(file, new Scope(entries));
    files.add(file);
  }

  private Optional<SourceFile> load(Import imported, Path folder) {
    return switch (imported.kind()) {
      case STANDARD -> standard(imported);
      case PATH -> path(imported, folder);
    };
  }

  private Optional<SourceFile> standard(Import imported) {
    String name = imported.target();
    Optional<Source> source = StandardLibrary.source(name);
    if (source.isEmpty()) {
      diagnostics
          .error(
              Code.UNKNOWN_IMPORT,
              imported.span(),
              "the standard library has no file `" + name + "`")
          .help(
              Suggestions.didYouMean(name, StandardLibrary.FILES)
                  .orElse("there are " + String.join(", ", StandardLibrary.FILES)));
      return Optional.empty();
    }
    return load(name, () -> source, null);
  }

  private Optional<SourceFile> path(Import imported, Path folder) {
    if (folder == null) {
      diagnostics
          .error(
              Code.UNKNOWN_IMPORT,
              imported.span(),
              "this text does not stand in a folder, so it cannot import other files")
          .help("import the standard library only");
      return Optional.empty();
    }
    Path path = folder.resolve(imported.target()).normalize();
    String key = key(path);
    if (loading.contains(key)) {
      List<String> cycle =
          loading.subList(loading.indexOf(key), loading.size()).stream()
              .map(k -> Path.of(k).getFileName().toString())
              .toList();
      diagnostics
          .error(
              Code.CYCLIC_IMPORT,
              imported.span(),
              "this import closes a circle: "
                  + String.join(" imports ", cycle)
                  + " imports "
                  + path.getFileName())
          .help("move what both need to a third file");
      return Optional.empty();
    }
    if (!Files.isRegularFile(path)) {
      diagnostics
          .error(
              Code.UNKNOWN_IMPORT,
              imported.span(),
              "there is no file `" + imported.target() + "` beside this one")
          .help("the path is relative to the folder of this file");
      return Optional.empty();
    }
    return load(key, () -> SourceReader.read(path, diagnostics), path.getParent());
  }

  private void add(Scope.Entry entry, Import imported, Map<String, Scope.Entry> entries) {
    Scope.Entry other = entries.putIfAbsent(entry.name().text(), entry);
    if (other != null && other.declaration() != entry.declaration()) {
      diagnostics
          .error(
              Code.DECLARED_TWICE,
              imported.span(),
              "this import brings a second `" + entry.name() + "`")
          .help("import one of the two files only, or rename one of the two")
          .note(other.name().span(), "the first one")
          .note(entry.name().span(), "the second one");
    }
  }

  private void declare(Scope.Entry entry, Map<String, Scope.Entry> entries) {
    Name name = entry.name();
    Scope.Entry other = entries.putIfAbsent(name.text(), entry);
    if (other != null) {
      diagnostics
          .error(Code.DECLARED_TWICE, name.span(), "`" + name + "` is declared twice")
          .help("give one of them another name")
          .note(other.name().span(), "it is first declared here");
    }
  }

  private static String key(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
