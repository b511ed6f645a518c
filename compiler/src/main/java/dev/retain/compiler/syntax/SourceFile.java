package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Source;
import java.util.List;

/** The tree of one file, in the order of the text. */
public record SourceFile(Source source, List<Import> imports, List<Declaration> declarations) {
  public SourceFile {
    imports = List.copyOf(imports);
    declarations = List.copyOf(declarations);
  }
}
