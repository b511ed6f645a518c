package dev.retain.compiler;

import dev.retain.compiler.autodiff.Differentiation;
import dev.retain.compiler.autodiff.Wanted;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.Pruning;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.loops.Tilings;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.Certificate;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.types.Model;
import dev.retain.compiler.types.RecurrenceModel;
import dev.retain.runtime.RecurrenceGradients;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.GradientPrograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One form of a recurrence by itself, ready to run.
 *
 * @param normal its normal form, if it has one and its programs keep other states than it speaks of
 * @param byHand the form, if it is one that is written by hand
 * @param outputAxes the axes of one step's output, as they lie in memory
 * @param gradients what goes back through the form to what is wanted; compiled when it is asked for
 */
public record CompiledRecurrence(
    CompiledModel compiled,
    RecurrenceCall call,
    Optional<NormalForm> normal,
    Optional<HandWrittenForm> byHand,
    List<Axis> outputAxes,
    Function<Wanted, CompiledGradients> gradients) {
  /**
   * The programs of gradients.
   *
   * @param kernels class files by binary name
   */
  public record CompiledGradients(GradientPrograms programs, Map<String, byte[]> kernels) {}

  /** A recurrence of a file. */
  public record Declared(Program program, Scope.Entry entry) {
    /** What it reads. */
    public List<RecurrenceModel.Input> inputs() {
      return RecurrenceModel.inputs((RecurrenceDeclaration) entry.declaration());
    }
  }

  /**
   * Finds a recurrence.
   *
   * @throws dev.retain.compiler.diagnostics.CompileException if the file is wrong
   * @throws RetainException if it has no such recurrence
   */
  public static Declared find(Path file, String name) {
    Diagnostics diagnostics = new Diagnostics();
    return find(ProgramLoader.load(file, diagnostics), name, diagnostics);
  }

  /** The same in a text, which can import the standard library only. */
  public static Declared find(Source source, String name) {
    Diagnostics diagnostics = new Diagnostics();
    return find(ProgramLoader.load(source, diagnostics), name, diagnostics);
  }

  private static Declared find(Program program, String name, Diagnostics diagnostics) {
    NameChecker.check(program, diagnostics);
    diagnostics.throwIfErrors();
    Scope scope = program.scope(program.main());
    String file = program.main().source().name();
    return scope
        .find(name)
        .filter(entry -> entry.declaration() instanceof RecurrenceDeclaration)
        .map(entry -> new Declared(program, entry))
        .orElseThrow(() -> {
          Collection<String> names = scope.names(RecurrenceDeclaration.class);
          String help =
              Suggestions.didYouMean(name, names)
                  .orElse(names.isEmpty() ? "it has none" : "it has " + String.join(", ", names));
          return new RetainException("%s has no recurrence `%s`; %s".formatted(file, name, help));
        });
  }

  /**
   * Compiles one form.
   *
   * @param arguments for each input by name
   * @param form the name of a derived form or of one that is written by hand
   * @throws dev.retain.compiler.diagnostics.CompileException if the arguments do not fit, or the
   *     recurrence has no such form
   * @throws RetainException if there is no form of that name
   */
  public static CompiledRecurrence compile(
      Declared declared,
      Map<String, RecurrenceModel.Argument> arguments,
      String form,
      ElementType real,
      Width width) {
    Diagnostics diagnostics = new Diagnostics();
    Model model = RecurrenceModel.of(declared.program(), declared.entry(), arguments, diagnostics);
    Optional<HandWrittenForm> byHand =
        model.forms().stream().filter(written -> written.name().equals(form)).findFirst();
    Form blocks = byHand.isPresent() ? Form.RECURRENT : derived(form, model);
    Compilation compilation =
        Compilation.ofRecurrence(declared.program(), model, blocks, diagnostics);
    var output =
        byHand.isPresent() ? compilation.tensors(form) : compilation.tensors(blocks, false);
    Assembly.FormStages stages =
        byHand.isPresent()
            ? compilation.stages(form, real, Dropouts::removed)
            : new Assembly.FormStages(blocks, false, compilation.stages(blocks, false, real));
    CompiledModel compiled =
        Assembly.assemble(
            model,
            compilation.source(),
            real,
            Map.of(),
            compilation.states(),
            List.of(stages),
            List.of(width),
            Tuning.usual(width),
            () -> Certificate.EMPTY,
            Map.of(),
            Compiler.VERSION,
            OptionalLong.empty(),
            compilation.sources());
    List<Axis> axes =
        output.graph().node(output.output()).axes().stream()
            .filter(axis -> !axis.equals(Axis.BATCH) && !axis.equals(Axis.TIME))
            .toList();
    RecurrenceCall call = compilation.recurrences().getFirst();
    return new CompiledRecurrence(
        compiled,
        call,
        normal(call),
        byHand,
        axes,
        wanted -> gradients(compilation, form, byHand.isPresent(), real, width, wanted));
  }

  private static CompiledGradients gradients(
      Compilation compilation,
      String form,
      boolean byHand,
      ElementType real,
      Width width,
      Wanted wanted) {
    List<Assembly.FormStages> stages = new ArrayList<>();
    for (UnaryOperator<TensorProgram> change :
        List.<UnaryOperator<TensorProgram>>of(
            Dropouts::removed, program -> differentiated(program, wanted))) {
      stages.add(
          byHand
              ? compilation.stages(form, real, change)
              : new Assembly.FormStages(
                  Form.of(form), false, compilation.stages(Form.of(form), false, real, change)));
    }
    Assembly.Programs programs =
        Assembly.programs(compilation.model(), real, stages, width, Tilings.USUAL);
    FormProgram forward = programs.programs().getFirst();
    return new CompiledGradients(
        new GradientPrograms(forward, forward, programs.programs().getLast()), programs.kernels());
  }

  private static TensorProgram differentiated(TensorProgram program, Wanted wanted) {
    List<Axis> outputAxes = program.graph().node(program.output()).axes();
    // Output and states after the block are known from the way forward.
    TensorProgram gradients =
        Pruning.prune(Differentiation.of(program, outputAxes, wanted).onlyBack());
    GraphVerifier.verify(gradients);
    return gradients;
  }

  /** The same of a derived form. */
  public static CompiledRecurrence compile(
      Declared declared,
      Map<String, RecurrenceModel.Argument> arguments,
      Form form,
      ElementType real,
      Width width) {
    return compile(declared, arguments, form.text(), real, width);
  }

  private static Form derived(String form, Model model) {
    List<String> names =
        Stream.concat(
                Arrays.stream(Form.values()).map(Form::text),
                model.forms().stream().map(HandWrittenForm::name))
            .toList();
    if (!names.contains(form)) {
      throw new RetainException(
          "`%s` has no form '%s'; choose one of: %s"
              .formatted(model.name(), form, String.join(", ", names)));
    }
    return Form.of(form);
  }

  private static Optional<NormalForm> normal(RecurrenceCall call) {
    try {
      NormalForm normal = Normalizer.normalize(call);
      FormDerivation.kept(normal);
      return Optional.of(normal);
    } catch (NotLinearException | UnsupportedFormException keptAsWritten) {
      return Optional.empty();
    }
  }

  /**
   * The states that the equations speak of, given those that the programs keep; none of a form that
   * makes none.
   *
   * @param stored constants and parameters by path
   * @param kept [batch, ...] by path
   * @param steps how many steps have been made
   */
  public Map<String, NativeTensor> asWritten(
      Map<String, NativeTensor> stored, Map<String, NativeTensor> kept, long steps) {
    if (byHand.isPresent()) {
      return StateConversion.convert(byHand.get().asWritten(), call.states(), stored, kept, steps);
    }
    return normal
        .map(form ->
            StateConversion.convert(StatesAsWritten.of(form), call.states(), stored, kept, steps))
        .orElse(kept);
  }

  /** The states that the programs keep before the first step, given those of the equations. */
  public Map<String, NativeTensor> asKept(
      Map<String, NativeTensor> stored, Map<String, NativeTensor> written) {
    if (byHand.isPresent()) {
      return asKept(byHand.get(), written);
    }
    return normal
        .map(form ->
            StateConversion.convert(
                StatesAsWritten.inverse(form), FormDerivation.kept(call), stored, written, 0))
        .orElse(written);
  }

  /**
   * The gradients of {@code sum(output * flowing) + sum(states after * flowing to them)}, by the
   * names of {@link Gradients}. All states are those that the equations speak of.
   *
   * @param stored constants and parameters by path
   * @param chunk steps of a block in the chunkwise form
   */
  public SequencedMap<String, NativeTensor> gradientsAt(
      Map<String, NativeTensor> stored, RecurrenceGradients.Point point, int chunk, Engine engine) {
    return new GradientsAsWritten(this, stored, point, chunk, engine).find();
  }

  private static Map<String, NativeTensor> asKept(
      HandWrittenForm form, Map<String, NativeTensor> written) {
    List<String> own = form.states().stream().map(HandWrittenForm.State::path).toList();
    if (!own.containsAll(written.keySet())) {
      throw new RetainException(
          form.fromRest()
              ? "the form %s takes no state; leave the initial states out".formatted(form.name())
              : "the form %s carries states of its own, so it begins from rest; leave the initial states out"
                  .formatted(form.name()));
    }
    return written;
  }
}
