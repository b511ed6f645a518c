package dev.retain.compiler.names;

import dev.retain.compiler.syntax.Declaration;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.SourceFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file with everything that it imports.
 *
 * @param main the file that was asked for
 * @param files all files, imported ones before those that import them
 * @param scopes what each file's names mean
 */
public record Program(SourceFile main, List<SourceFile> files, Map<SourceFile, Scope> scopes) {
  public Program {
    files = List.copyOf(files);
    // A file is itself alone: comparing trees would take longer than anything else done with them.
    scopes = Collections.unmodifiableMap(new IdentityHashMap<>(scopes));
  }

  public Scope scope(SourceFile file) {
    return scopes.get(file);
  }

  /** The models of the main file; if it declares none, those of the files that it imports. */
  public List<LayerDeclaration> models() {
    List<LayerDeclaration> own = models(main);
    return own.isEmpty() ? files.stream().flatMap(file -> models(file).stream()).toList() : own;
  }

  private static List<LayerDeclaration> models(SourceFile file) {
    return file.declarations().stream()
        .filter(LayerDeclaration.class::isInstance)
        .map(LayerDeclaration.class::cast)
        .filter(layer -> layer.kind() == LayerDeclaration.Kind.MODEL)
        .toList();
  }

  /** The file in which the model stands. */
  public SourceFile fileOf(LayerDeclaration model) {
    return files.stream()
        .filter(file -> file.declarations().stream().anyMatch(one -> one == model))
        .findFirst()
        .orElseThrow();
  }

  /** The presets that the main file can see, of the model of that name. */
  public List<PresetDeclaration> presets(String model) {
    return files.stream()
        .flatMap(file -> file.declarations().stream())
        .filter(PresetDeclaration.class::isInstance)
        .map(PresetDeclaration.class::cast)
        .filter(preset -> preset.model().text().equals(model))
        .toList();
  }

  /** A form that somebody wrote, and the file in which it stands, whose scope its body sees. */
  public record WrittenForm(FormDeclaration declaration, SourceFile file) {}

  /** The forms of the recurrence that were written by hand, in any of the files. */
  public List<WrittenForm> forms(RecurrenceDeclaration recurrence) {
    List<WrittenForm> forms = new ArrayList<>();
    for (SourceFile file : files) {
      for (Declaration declaration : file.declarations()) {
        if (declaration instanceof FormDeclaration form
            && scope(file)
                .find(form.recurrence().text())
                .filter(entry -> entry.declaration() == recurrence)
                .isPresent()) {
          forms.add(new WrittenForm(form, file));
        }
      }
    }
    return forms;
  }

  public List<EquivalenceDeclaration> equivalences() {
    return declared(EquivalenceDeclaration.class).toList();
  }

  public List<RecurrenceDeclaration> recurrences() {
    return declared(RecurrenceDeclaration.class).toList();
  }

  private <D extends Declaration> Stream<D> declared(Class<D> kind) {
    return main.declarations().stream().filter(kind::isInstance).map(kind::cast);
  }
}
