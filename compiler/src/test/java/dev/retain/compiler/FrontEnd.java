package dev.retain.compiler;

import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a compile says about a file before anything is lowered. */
interface FrontEnd {
  List<Diagnostic> check(Path file);

  /** Every phase that reports errors, the model with its defaults. */
  static FrontEnd ofAllPhases() {
    return file -> {
      try {
        Compilation.of(file, Map.of());
        return List.of();
      } catch (CompileException e) {
        return e.diagnostics();
      }
    };
  }
}
