package dev.retain.compiler;

import dev.retain.compiler.bytecode.ClassDump;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.fusion.StagePrinter;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.loops.LoopPrinter;
import dev.retain.compiler.recurrence.NormalFormPrinter;
import dev.retain.compiler.syntax.SourceFile;
import dev.retain.compiler.syntax.SyntaxPrinter;
import dev.retain.compiler.tensor.GraphPrinter;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.ModelPrinter;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A step of the pipeline from text to class files, by name, in order.
 *
 * @param description what the pass makes, in one line
 * @param printer what it made of one model, as text
 */
public record Pass(String name, String description, Printer printer) {
  private static final List<Pass> PIPELINE = pipeline();

  /** What a pass made of a model, as text. */
  public interface Printer {
    /**
     * @param real the type of the model's numbers; matters from the stages on
     * @param width the vectors of its kernels; matters from the loops on
     */
    String print(Compilation compilation, ElementType real, Width width);
  }

  /** The whole pipeline. */
  public static List<Pass> list() {
    return PIPELINE;
  }

  /**
   * What the pass of that name made, as text.
   *
   * @throws RetainException if there is no such pass
   */
  public static String dump(String name, Compilation compilation, ElementType real, Width width) {
    return of(name).printer().print(compilation, real, width);
  }

  private static Pass of(String name) {
    List<String> names = PIPELINE.stream().map(Pass::name).toList();
    return PIPELINE.stream()
        .filter(pass -> pass.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new RetainException(
                "there is no pass `%s`; %s"
                    .formatted(
                        name,
                        Suggestions.didYouMean(name, names)
                            .orElse("the passes are " + String.join(", ", names)))));
  }

  private static List<Pass> pipeline() {
    List<Pass> passes = new ArrayList<>();
    passes.add(new Pass("syntax", "the syntax tree of each file", (c, r, w) -> syntax(c)));
    passes.add(new Pass("names", "what each file's names stand for", (c, r, w) -> names(c)));
    passes.add(
        new Pass(
            "model",
            "the model with all sizes known, and the graph of one step",
            (c, r, w) -> ModelPrinter.print(c.model())));
    passes.add(
        new Pass(
            "recurrences",
            "each recurrence in normal form: decay, rotation, reads, writes",
            (c, r, w) -> normalForms(c, (m, call) -> NormalFormPrinter.print(m.normalForm(call)))));
    passes.add(
        new Pass(
            "forms",
            "the same as forms keep it: rotations moved from the states to what is written and"
                + " read, and states of which only ratios matter kept over a running maximum",
            (c, r, w) -> normalForms(c, (m, call) -> NormalFormPrinter.print(m.kept(call)))));
    passes.add(
        new Pass(
            "equivalences",
            "the forms held against the steps as they are written",
            (c, r, w) ->
                c.certificate().lines().stream()
                    .map(line -> line + "\n")
                    .collect(Collectors.joining())));
    passes.addAll(
        ofForms(
            "tensor.",
            "the tensor program of the ",
            (c, form, ragged, r, w) -> GraphPrinter.print(c.tensors(form, ragged))));
    passes.add(
        new Pass(
            "tensor.written",
            "the tensor programs of the forms that are written by hand",
            (c, r, w) -> handWritten(c)));
    passes.addAll(
        ofForms(
            "gradient.",
            "losses, and what flows back from them: ",
            (c, form, ragged, r, w) ->
                GraphPrinter.print(
                    TrainingCompiler.gradients(c, Dropouts.drawn(c.withDropouts(form, ragged))))));
    passes.addAll(
        ofForms(
            "decays.",
            "products over ranges of steps as sums of logarithms: ",
            (c, form, ragged, r, w) -> GraphPrinter.print(c.logarithmic(form, ragged, r))));
    passes.addAll(
        ofForms(
            "stages.",
            "values fused into stages, each of which fills a buffer: ",
            (c, form, ragged, r, w) -> StagePrinter.print(c.stages(form, ragged, r))));
    passes.addAll(
        ofForms(
            "training.",
            "the stages of losses and gradients: ",
            (c, form, ragged, r, w) ->
                StagePrinter.print(TrainingCompiler.gradientStages(c, form, ragged, r))));
    passes.addAll(
        ofForms(
            "loops.",
            "the kernels of the stages as loops, tiles and vectors: ",
            (c, form, ragged, r, w) -> loops(c, form, ragged, r, w)));
    passes.add(new Pass("bytecode", "the class file of each kernel", Pass::bytecode));
    return List.copyOf(passes);
  }

  private interface OfForm {
    String text(Compilation compilation, Form form, boolean ragged, ElementType real, Width width);
  }

  /** A pass for each form, and for each with padding and resets. */
  private static List<Pass> ofForms(String prefix, String makes, OfForm dump) {
    List<Pass> passes = new ArrayList<>();
    for (Form form : Form.values()) {
      for (boolean ragged : List.of(false, true)) {
        passes.add(
            new Pass(
                prefix + form.text() + (ragged ? ".ragged" : ""),
                makes + form.text() + " form" + (ragged ? " with padding and resets" : ""),
                (c, r, w) -> dump.text(c, form, ragged, r, w)));
      }
    }
    return passes;
  }

  private static String handWritten(Compilation compilation) {
    return compilation.handWritten().isEmpty()
        ? "none\n"
        : compilation.handWritten().stream()
            .map(name -> name + "\n" + GraphPrinter.print(compilation.tensors(name)))
            .collect(Collectors.joining("\n"));
  }

  private static String syntax(Compilation compilation) {
    return compilation.program().files().stream()
        .map(file -> "// " + file.source().name() + "\n" + SyntaxPrinter.print(file))
        .collect(Collectors.joining("\n"));
  }

  private static String names(Compilation compilation) {
    StringBuilder text = new StringBuilder();
    for (SourceFile file : compilation.program().files()) {
      text.append("names in ").append(file.source().name()).append('\n');
      new TreeMap<>(compilation.program().scope(file).entries())
          .forEach((name, entry) -> text.append("  %s: %s\n".formatted(name, entry.name().span())));
    }
    return text.toString();
  }

  private interface Normal {
    String text(Compilation compilation, RecurrenceCall call);
  }

  /** Each different recurrence once, with the places where it is used. */
  private static String normalForms(Compilation compilation, Normal normal) {
    Map<String, List<RecurrenceCall>> uses = new LinkedHashMap<>();
    for (RecurrenceCall call : compilation.recurrences()) {
      String text = normal.text(compilation, call);
      uses.computeIfAbsent(text, key -> new ArrayList<>()).add(call);
    }
    StringBuilder result = new StringBuilder();
    uses.forEach((text, calls) -> {
      result.append(result.isEmpty() ? "" : "\n");
      result.append("recurrence ").append(calls.getFirst().name()).append('\n');
      calls.forEach(call -> result.append("  at ").append(call.path()).append('\n'));
      result.append(text);
    });
    return result.toString();
  }

  private static String loops(
      Compilation compilation, Form form, boolean ragged, ElementType real, Width width) {
    return Assembly.kernels(
            compilation.model(), real, Compiler.stages(compilation, form, ragged, real), width)
        .stream()
        .map(LoopPrinter::print)
        .collect(Collectors.joining("\n"));
  }

  private static String bytecode(Compilation compilation, ElementType real, Width width) {
    return Compiler.compile(compilation, real, List.of(width), OptionalLong.empty())
        .kernels()
        .get(width)
        .values()
        .stream()
        .map(ClassDump::text)
        .collect(Collectors.joining("\n"));
  }
}
