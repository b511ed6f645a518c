package dev.retain.compiler.names;

import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.SourceFile;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the names of one file's declarations mean, imported ones included. */
public record Scope(Map<String, Entry> entries) {
  public Scope {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** A declaration and the file in which it stands, whose scope its body sees. */
  public record Entry(Declaration declaration, Name name, SourceFile file) {}

  public Optional<Entry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  public Collection<String> names() {
    return entries.keySet();
  }

  /** The names of the declarations of one kind. */
  public Collection<String> names(Class<? extends Declaration> kind) {
    return entries.values().stream()
        .filter(entry -> kind.isInstance(entry.declaration()))
        .map(entry -> entry.name().text())
        .toList();
  }

  /** The name of a declaration that has one. */
  static Optional<Name> nameOf(Declaration declaration) {
    return switch (declaration) {
      case Declaration.FunctionDeclaration f -> Optional.of(f.name());
      case Declaration.LayerDeclaration l -> Optional.of(l.name());
      case Declaration.RecurrenceDeclaration r -> Optional.of(r.name());
      case Declaration.FormDeclaration f -> Optional.empty();
      case Declaration.PresetDeclaration p -> Optional.empty();
      case Declaration.EquivalenceDeclaration e -> Optional.empty();
    };
  }
}
