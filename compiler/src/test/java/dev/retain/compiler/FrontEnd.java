package dev.retain.compiler;

import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.types.Elaborator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a compile says about a file before anything is lowered. */
interface FrontEnd {
  List<Diagnostic> check(Path file);

  /** Every phase that reports errors, each model with its defaults. */
  static FrontEnd ofAllPhases() {
    return file -> {
      Diagnostics diagnostics = new Diagnostics();
      try {
        Program program = ProgramLoader.load(file, diagnostics);
        NameChecker.check(program, diagnostics);
        diagnostics.throwIfErrors();
        program.main().declarations().stream()
            .filter(LayerDeclaration.class::isInstance)
            .map(LayerDeclaration.class::cast)
            .filter(layer -> layer.kind() == LayerDeclaration.Kind.MODEL)
            .forEach(model -> Elaborator.elaborate(program, model, Map.of(), diagnostics));
      } catch (CompileException e) {
        return e.diagnostics();
      }
      return diagnostics.list();
    };
  }
}
