package dev.retain.compiler;

import dev.retain.compiler.decays.RangeProducts;
import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.names.NameChecker;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.ProgramLoader;
import dev.retain.compiler.proof.Certificate;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Normalizer;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.compiler.types.Elaborator;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.StateDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One compile of one model: the result of each pass, computed when it is first asked for.
 *
 * <p>Text, syntax trees and names are checked when a compilation is made, and the model is put
 * together from its layers; see {@link Pass} for the whole pipeline.
 */
public final class Compilation {
  private final Program program;
  private final Model model;
  private final Map<String, TensorProgram> tensors = new LinkedHashMap<>();
  private Certificate certificate;

  private Compilation(Program program, Model model) {
    this.program = program;
    this.model = model;
  }

  /**
   * The model of a file.
   *
   * @param settings hyperparameters by name, as the user wrote them; {@code preset} names a preset
   * @throws CompileException with every error of the first phase that found one
   */
  public static Compilation of(Path file, Map<String, String> settings) {
    Diagnostics diagnostics = new Diagnostics();
    return of(ProgramLoader.load(file, diagnostics), settings, diagnostics);
  }

  /** The model of a text, which can import the standard library only. */
  public static Compilation of(Source source, Map<String, String> settings) {
    Diagnostics diagnostics = new Diagnostics();
    return of(ProgramLoader.load(source, diagnostics), settings, diagnostics);
  }

  /** The file that declares the model: the definition itself, or one that it imports. */
  static Path fileOfModel(Path definition) {
    Program program = ProgramLoader.load(definition, new Diagnostics());
    List<LayerDeclaration> models = program.models();
    return models.size() == 1
        ? Path.of(program.fileOf(models.getFirst()).source().name())
        : definition;
  }

  private static Compilation of(
      Program program, Map<String, String> settings, Diagnostics diagnostics) {
    NameChecker.check(program, diagnostics);
    List<LayerDeclaration> models = program.models();
    if (models.size() != 1) {
      if (models.isEmpty()) {
        diagnostics
            .error(
                Code.UNKNOWN_MODEL,
                Span.file(program.main().source().name()),
                "the file declares no model")
            .help("write `model Name(vocab = 256, ...) { ... }`");
      } else {
        models.forEach(model ->
            diagnostics
                .error(Code.SEVERAL_MODELS, model.name().span(), "the file has several models")
                .help("keep one model in a file; the others can import its layers"));
      }
    }
    diagnostics.throwIfErrors();
    Model model = Elaborator.elaborate(program, models.getFirst(), settings, diagnostics);
    GraphVerifier.verifyStep(model.step());
    Compilation compilation = new Compilation(program, model);
    compilation.requireLinear(diagnostics);
    diagnostics.throwIfErrors();
    return compilation;
  }

  /** A recurrence by itself, of which one form is wanted. */
  static Compilation ofRecurrence(
      Program program, Model model, Form form, Diagnostics diagnostics) {
    GraphVerifier.verifyStep(model.step());
    Compilation compilation = new Compilation(program, model);
    if (form != Form.RECURRENT) {
      compilation.requireLinear(diagnostics);
      diagnostics.throwIfErrors();
    }
    return compilation;
  }

  /** Every recurrence must have a normal form, or only the recurrent form could be compiled. */
  private void requireLinear(Diagnostics diagnostics) {
    Map<Span, Boolean> reported = new LinkedHashMap<>();
    for (RecurrenceCall call : recurrences()) {
      if (isRecurrentOnly(call.span())) {
        continue;
      }
      try {
        FormDerivation.check(Normalizer.normalize(call));
      } catch (NotLinearException e) {
        if (reported.putIfAbsent(e.span(), true) == null) {
          int count = diagnostics.count();
          diagnostics.error(Code.NOT_LINEAR, e.span(), e.getMessage()).help(e.help());
          diagnostics.noteSince(count, stepOf(e.span(), call), "in this step");
        }
      } catch (UnsupportedFormException e) {
        if (reported.putIfAbsent(e.span(), true) == null) {
          diagnostics.error(Code.NO_SUCH_FORM_YET, e.span(), e.getMessage()).help(e.help());
        }
      }
    }
  }

  /** Whether the author of the recurrence that is declared there wants its recurrent form alone. */
  boolean isRecurrentOnly(Span declaration) {
    return program.files().stream()
        .flatMap(file -> file.declarations().stream())
        .anyMatch(declared ->
            declared instanceof RecurrenceDeclaration recurrence
                && recurrence.span().equals(declaration)
                && recurrence.form().isPresent());
  }

  /** The forms that the model has: all, if each of its recurrences has. */
  public List<Form> forms() {
    return recurrences().stream().anyMatch(call -> isRecurrentOnly(call.span()))
        ? List.of(Form.RECURRENT)
        : List.of(Form.values());
  }

  /** What computes the state that a value goes into: the value may stand in another file. */
  private static Span stepOf(Span value, RecurrenceCall call) {
    for (RecurrenceCall.State state : call.states()) {
      boolean[] needed = new boolean[call.body().nodes().size()];
      needed[state.next()] = true;
      for (Node node : call.body().nodes().reversed()) {
        if (needed[node.id()]) {
          node.operation().operands().forEach(operand -> needed[operand] = true);
          if (node.span().equals(value)) {
            Span step = call.body().node(state.next()).span();
            return step.source() == state.span().source() ? step : state.span();
          }
        }
      }
    }
    return call.span();
  }

  public Program program() {
    return program;
  }

  public Model model() {
    return model;
  }

  /** The uses of recurrences in the model, in order. */
  public List<RecurrenceCall> recurrences() {
    List<RecurrenceCall> calls = new ArrayList<>();
    for (Node node : model.step().nodes()) {
      if (node.operation() instanceof Operation.Recur(RecurrenceCall call, var arguments)) {
        calls.add(call);
      }
    }
    return calls;
  }

  /** What the model carries from step to step, in order. */
  public List<StateDescription> states() {
    List<StateDescription> states = new ArrayList<>();
    for (RecurrenceCall call : recurrences()) {
      for (RecurrenceCall.State state : FormDerivation.kept(call)) {
        states.add(
            new StateDescription(
                state.path(),
                Assembly.shape(state.axes()),
                Assembly.names(state.axes()),
                state.initial()));
      }
    }
    return states;
  }

  /** The normal form of one of the model's recurrences. */
  NormalForm normalForm(RecurrenceCall call) {
    try {
      return Normalizer.normalize(call);
    } catch (NotLinearException e) {
      throw new IllegalStateException("checked before: " + e.getMessage(), e);
    }
  }

  /** The same as its forms keep it: without rotations of states. */
  PositiveRatios kept(RecurrenceCall call) {
    try {
      return FormDerivation.kept(normalForm(call));
    } catch (NotLinearException | UnsupportedFormException e) {
      throw new IllegalStateException("checked before: " + e.getMessage(), e);
    }
  }

  /**
   * What is known of the forms of each recurrence.
   *
   * @throws CompileException if forms that should be the same are not
   */
  public synchronized Certificate certificate() {
    if (certificate == null) {
      Diagnostics diagnostics = new Diagnostics();
      Certificate found =
          Equivalences.check(this, UnaryOperator.identity(), ProofCache.ofUser(), diagnostics);
      diagnostics.throwIfErrors();
      certificate = found;
    }
    return certificate;
  }

  /** The program of a form. */
  public TensorProgram tensors(Form form, boolean ragged) {
    return Dropouts.removed(withDropouts(form, ragged));
  }

  /**
   * @throws RetainException if the model does not have the form
   */
  void requireForm(Form form) {
    if (!forms().contains(form)) {
      throw new RetainException(
          "%s has the recurrent form alone, since a recurrence is declared `: recurrent`"
              .formatted(model.name()));
    }
  }

  /** The program of a form as it is trained: what is done about dropout is still to be said. */
  TensorProgram withDropouts(Form form, boolean ragged) {
    requireForm(form);
    return tensors.computeIfAbsent(
        form + (ragged ? ".ragged" : ""),
        key -> {
          try {
            TensorProgram derived =
                FormDerivation.derive(model.step(), model.output(), form, ragged);
            GraphVerifier.verify(derived);
            return derived;
          } catch (NotLinearException | UnsupportedFormException e) {
            throw new IllegalStateException("checked before: " + e.getMessage(), e);
          }
        });
  }

  /** The program of a form without products over ranges, which stages do not know. */
  public TensorProgram logarithmic(Form form, boolean ragged, ElementType real) {
    return RangeProducts.remove(tensors(form, ragged), real);
  }

  /**
   * The names of the forms of the model's recurrences that are written by hand. A recurrence that
   * has its recurrent form alone takes part in those only that are written for it.
   */
  public List<String> handWritten() {
    List<String> recurrentOnly =
        recurrences().stream()
            .filter(call -> isRecurrentOnly(call.span()))
            .map(RecurrenceCall::path)
            .toList();
    return HandWrittenForms.names(model).stream()
        .filter(name -> HandWrittenForms.byPath(model, name).keySet().containsAll(recurrentOnly))
        .toList();
  }

  /** The program of a form that is written by hand. */
  public TensorProgram tensors(String handWritten) {
    return Dropouts.removed(withDropouts(handWritten));
  }

  /** The same as it is trained. */
  TensorProgram withDropouts(String handWritten) {
    return HandWrittenForms.tensors(model, handWritten);
  }

  /** The stages of a form that is written by hand. */
  Assembly.FormStages stages(
      String handWritten, ElementType real, UnaryOperator<TensorProgram> change) {
    return HandWrittenForms.stages(model, handWritten, recurrences(), real, change);
  }

  /** The stages of a form, for float32 or float64. */
  public StageProgram stages(Form form, boolean ragged, ElementType real) {
    return stages(form, ragged, real, Dropouts::removed);
  }

  /**
   * The same of what is made of a form's program.
   *
   * @param change what is done with the tensor program before it is lowered, about dropout, too
   */
  StageProgram stages(
      Form form, boolean ragged, ElementType real, UnaryOperator<TensorProgram> change) {
    Map<String, List<Axis>> stateAxes = new LinkedHashMap<>();
    for (RecurrenceCall call : recurrences()) {
      for (RecurrenceCall.State state : FormDerivation.kept(call)) {
        List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
        axes.addAll(state.axes());
        stateAxes.put(state.path(), axes);
      }
    }
    return Lowering.stages(change.apply(withDropouts(form, ragged)), real, stateAxes);
  }

  /** The paths of the states that are 0 before the first step, as forms keep them. */
  Set<String> zeroStates() {
    return recurrences().stream()
        .flatMap(call -> FormDerivation.kept(call).stream())
        .filter(state -> state.initial() == 0)
        .map(RecurrenceCall.State::path)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The steps and buffers of a form, without kernels. */
  public FormProgram program(Form form, boolean ragged, ElementType real) {
    return Assembly.program(
        model, real, new Assembly.FormStages(form, ragged, stages(form, ragged, real)));
  }

  /** The text of each file of the definition, the main one first. */
  public SequencedMap<String, String> sources() {
    SequencedMap<String, String> sources = new LinkedHashMap<>();
    List<Source> files =
        new ArrayList<>(program.files().stream().map(file -> file.source()).toList());
    for (Source source : files.reversed()) {
      if (!source.isStandard()) {
        sources.put(fileName(source), source.text());
      }
    }
    return sources;
  }

  /** The main file's name without its folders. */
  public String source() {
    return fileName(program.main().source());
  }

  private static String fileName(Source source) {
    return Path.of(source.name()).getFileName().toString();
  }
}
