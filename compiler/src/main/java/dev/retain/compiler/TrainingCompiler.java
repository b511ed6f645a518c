package dev.retain.compiler;

import dev.retain.compiler.autodiff.CrossEntropy;
import dev.retain.compiler.autodiff.Differentiation;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.compiler.forms.AtRest;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.loops.Tilings;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.OperationCount;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.GradientPrograms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** From a checked model to the programs that train it in one form. */
public final class TrainingCompiler {
  private final Compilation compilation;
  private final ElementType real;
  private final boolean oneBlock;

  private TrainingCompiler(Compilation compilation, ElementType real, boolean oneBlock) {
    this.compilation = compilation;
    this.real = real;
    this.oneBlock = oneBlock;
  }

  /**
   * Compiles them.
   *
   * @param form the name of a derived form that the model has, or of one that is written by hand
   * @param oneBlock whether each batch is one block, which begins at rest and which none follows
   * @param width the vectors of this machine
   * @param tilings how products are cut
   */
  public static CompiledTraining compile(
      Compilation compilation,
      String form,
      ElementType real,
      boolean oneBlock,
      Width width,
      Tilings tilings) {
    return new TrainingCompiler(compilation, real, oneBlock).compile(form, width, tilings);
  }

  /** The program of what is trained, if that can be had without states. */
  private TensorProgram begun(TensorProgram logits) {
    return oneBlock ? AtRest.of(logits, compilation.zeroStates()).orElse(logits) : logits;
  }

  /** A program from tokens and targets to losses. */
  static TensorProgram losses(Compilation compilation, TensorProgram logits) {
    TensorProgram losses = CrossEntropy.of(logits, compilation.model().vocabulary());
    GraphVerifier.verify(losses);
    return losses;
  }

  /** The same with all that flows back to the parameters, and to the states before the block. */
  static TensorProgram gradients(Compilation compilation, TensorProgram logits) {
    TensorProgram gradients =
        Differentiation.of(losses(compilation, logits), List.of(), Wanted.PARAMETERS);
    GraphVerifier.verify(gradients);
    return gradients;
  }

  /** The stages of losses and gradients. */
  static StageProgram gradientStages(
      Compilation compilation, Form form, boolean ragged, ElementType real) {
    return compilation.stages(
        form, ragged, real, logits -> gradients(compilation, Dropouts.drawn(logits)));
  }

  private CompiledTraining compile(String form, Width width, Tilings tilings) {
    Optional<Form> derived =
        Arrays.stream(Form.values()).filter(known -> known.text().equals(form)).findFirst();
    TensorProgram dense =
        derived
            .map(f -> compilation.withDropouts(f, false))
            .orElseGet(() -> compilation.withDropouts(form));
    List<Assembly.FormStages> stages = new ArrayList<>();
    List<UnaryOperator<TensorProgram>> changes = changes(hasDropout(dense));
    for (UnaryOperator<TensorProgram> change : changes) {
      stages.add(
          derived
              .map(f -> stages(f, false, change))
              .orElseGet(() -> compilation.stages(form, real, change)));
    }
    derived.ifPresent(f -> changes.forEach(change -> stages.add(stages(f, true, change))));
    Assembly.Programs compiled =
        Assembly.programs(compilation.model(), real, stages, width, tilings);
    List<FormProgram> programs = compiled.programs();
    TensorProgram gradients = gradients(compilation, begun(Dropouts.drawn(dense)));
    return new CompiledTraining(
        programs(programs.subList(0, changes.size())),
        derived.map(_ -> programs(programs.subList(changes.size(), programs.size()))),
        compiled.kernels(),
        length -> OperationCount.perToken(gradients, length));
  }

  private static boolean hasDropout(TensorProgram program) {
    return program.graph().nodes().stream()
        .anyMatch(node -> node.operation() instanceof Operation.Dropout);
  }

  /** What is made of a form's program, in the order of {@link #programs}. */
  private List<UnaryOperator<TensorProgram>> changes(boolean hasDropout) {
    List<UnaryOperator<TensorProgram>> changes = new ArrayList<>();
    changes.add(logits -> losses(compilation, begun(Dropouts.removed(logits))));
    changes.add(logits -> gradients(compilation, begun(Dropouts.drawn(logits))));
    if (hasDropout) {
      changes.add(logits -> losses(compilation, begun(Dropouts.drawn(logits))));
    }
    return changes;
  }

  private static GradientPrograms programs(List<FormProgram> programs) {
    return new GradientPrograms(
        programs.get(0), programs.size() == 3 ? programs.get(2) : programs.get(0), programs.get(1));
  }

  private Assembly.FormStages stages(
      Form form, boolean ragged, UnaryOperator<TensorProgram> change) {
    return new Assembly.FormStages(form, ragged, compilation.stages(form, ragged, real, change));
  }
}
