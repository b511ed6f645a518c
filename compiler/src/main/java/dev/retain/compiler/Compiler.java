package dev.retain.compiler;

import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.proof.Certificate;
import dev.retain.compiler.tuning.Tuning;
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

  /** Compiles a model all of whose weights are stored in the type that it computes in. */
  public static CompiledModel compile(
      Compilation compilation, ElementType real, List<Width> widths, OptionalLong seed) {
    Tuning tuning = Tuning.usual(widths.getFirst());
    return compile(compilation, real, real, widths, tuning, seed);
  }

  /**
   * Compiles every form of the model, dense and ragged; those written by hand dense only.
   *
   * @param real F32 or F64
   * @param stored the type that matrices of weights are stored in: {@code real}, or of a float32
   *     model BF16 or I8
   * @param widths the vectors to compile for; all of {@link Width} for a jar that runs anywhere
   * @param tuning how kernels and sequences are cut
   * @param seed from which parameters are drawn that get no weights
   * @throws CompileException if forms that should be the same are not
   */
  public static CompiledModel compile(
      Compilation compilation,
      ElementType real,
      ElementType stored,
      List<Width> widths,
      Tuning tuning,
      OptionalLong seed) {
    // Forms are held against each other beside the lowering: neither needs the other.
    CompletableFuture<Certificate> certificate =
        CompletableFuture.supplyAsync(compilation::certificate);
    StoredWeights weights = StoredWeights.of(compilation.model(), real, stored);
    List<Assembly.FormStages> forms = stages(compilation, weights);
    StoredWeights blocked = weights.inBlocks(forms);
    return Assembly.assemble(
        compilation.model(),
        compilation.source(),
        real,
        blocked.byPath(),
        compilation.states(),
        forms.stream().map(blocked::typed).toList(),
        widths,
        tuning,
        () -> finished(certificate),
        Statistics.of(compilation, real),
        VERSION,
        seed,
        compilation.sources());
  }

  private static List<Assembly.FormStages> stages(Compilation compilation, StoredWeights weights) {
    List<Assembly.FormStages> forms = new ArrayList<>();
    for (Form form : compilation.forms()) {
      for (boolean ragged : List.of(false, true)) {
        forms.add(
            new Assembly.FormStages(
                form, ragged, compilation.stages(form, ragged, weights.real(), weights::program)));
      }
    }
    for (String handWritten : compilation.handWritten()) {
      forms.add(compilation.stages(handWritten, weights.real(), weights::program));
    }
    return forms;
  }

  /** The stages of a derived form with parameters as a jar has them that rounds none. */
  static Assembly.FormStages stages(
      Compilation compilation, Form form, boolean ragged, ElementType real) {
    compilation.requireForm(form);
    StoredWeights weights = StoredWeights.of(compilation.model(), real, real);
    List<Assembly.FormStages> forms = stages(compilation, weights);
    return forms.stream()
        .filter(one -> one.name().equals(form.text()) && one.ragged() == ragged)
        .map(weights.inBlocks(forms)::typed)
        .findFirst()
        .orElseThrow();
  }

  private static Certificate finished(CompletableFuture<Certificate> certificate) {
    try {
      return certificate.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CompileException wrong ? wrong : e;
    }
  }
}
