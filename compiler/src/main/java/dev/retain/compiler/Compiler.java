package dev.retain.compiler;

import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.proof.Certificate;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** From a checked model to class files and their description. */
public final class Compiler {
  /** The version that a model's description names. */
  public static final String VERSION = "0.1.0";

  private Compiler() {}

  /**
   * Compiles every form of the model, dense and ragged; those written by hand dense only.
   *
   * @param real F32 or F64
   * @param widths the vectors to compile for; all of {@link Width} for a jar that runs anywhere
   * @param seed from which parameters are drawn that get no weights
   * @throws CompileException if forms that should be the same are not
   */
  public static CompiledModel compile(
      Compilation compilation, ElementType real, List<Width> widths, OptionalLong seed) {
    // Forms are held against each other beside the lowering: neither needs the other.
    CompletableFuture<Certificate> certificate =
        CompletableFuture.supplyAsync(compilation::certificate);
    List<Assembly.FormStages> forms = new ArrayList<>();
    for (Form form : compilation.forms()) {
      for (boolean ragged : List.of(false, true)) {
        forms.add(new Assembly.FormStages(form, ragged, compilation.stages(form, ragged, real)));
      }
    }
    for (String handWritten : compilation.handWritten()) {
      forms.add(compilation.stages(handWritten, real, Dropouts::removed));
    }
    return Assembly.assemble(
        compilation.model(),
        compilation.source(),
        real,
        compilation.states(),
        forms,
        widths,
        () -> finished(certificate),
        Statistics.of(compilation, real),
        VERSION,
        seed,
        compilation.sources());
  }

  private static Certificate finished(CompletableFuture<Certificate> certificate) {
    try {
      return certificate.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CompileException wrong ? wrong : e;
    }
  }
}
