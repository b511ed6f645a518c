package dev.retain.compiler.jar;

import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Tilings;
import dev.retain.compiler.proof.Certificate;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.program.Storage;
import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** Puts a compiled model together. */
public final class Assembly {
  /**
   * A form's program as stages.
   *
   * @param name of the form
   * @param form how a sequence is cut into blocks
   * @param states those of a form that is written by hand; see {@link FormProgram#states}
   */
  public record FormStages(
      String name, Form form, boolean ragged, List<StateDescription> states, StageProgram stages) {
    public FormStages {
      states = List.copyOf(states);
    }

    /** Of a derived form. */
    public FormStages(Form form, boolean ragged, StageProgram stages) {
      this(form.text(), form, ragged, List.of(), stages);
    }
  }

  private Assembly() {}

  /** The steps and buffers of one form alone, for those who ask what it would take to run it. */
  public static FormProgram program(Model model, ElementType real, FormStages form) {
    KernelTable kernels = new KernelTable(model.name(), real, List.of(Width.W512), Tilings.USUAL);
    return Steps.of(form, kernels);
  }

  /**
   * @param storage how parameters are stored that are not in the model's own type, by path
   * @param states the model's states, in order
   * @param certificate what is known of the forms; asked for last, since it may still be worked out
   * @param widths for which vectors kernels are made; the first decides which stages are equal
   * @param tuning how kernels and sequences are cut
   */
  public static CompiledModel assemble(
      Model model,
      String source,
      ElementType real,
      Map<String, Storage> storage,
      List<StateDescription> states,
      List<FormStages> forms,
      List<Width> widths,
      Tuning tuning,
      Supplier<Certificate> certificate,
      Map<String, Long> statistics,
      String version,
      OptionalLong seed,
      SequencedMap<String, String> sources) {
    KernelTable kernels = new KernelTable(model.name(), real, widths, tuning.readingTilings());
    List<FormProgram> programs = new ArrayList<>();
    for (FormStages form : forms) {
      programs.add(Steps.of(form, kernels));
    }
    SequencedMap<String, List<Double>> constants = new LinkedHashMap<>();
    model.constants().forEach(constant -> constants.put(constant.path(), constant.values()));
    Certificate known = certificate.get();
    ModelDescription description =
        new ModelDescription(
            ModelDescription.FORMAT,
            model.name(),
            source,
            real,
            model.hyperparameters(),
            model.parameters().stream()
                .map(p ->
                    new ParameterDescription(
                        p.path(),
                        shape(p.axes()),
                        names(p.axes()),
                        p.initial(),
                        storage.getOrDefault(p.path(), new Storage.Real())))
                .toList(),
            model.constants().stream()
                .map(c -> new ConstantDescription(c.path(), shape(c.axes()), names(c.axes())))
                .toList(),
            states,
            model.vocabulary().size(),
            programs,
            known.lines(),
            statistics,
            version,
            seed,
            tuning.reading().chunk(),
            tuning.text());
    return new CompiledModel(description, constants, kernels.classes(), sources, known);
  }

  /**
   * Programs without a model around them.
   *
   * @param kernels class files by binary name
   */
  public record Programs(List<FormProgram> programs, Map<String, byte[]> kernels) {}

  /** The steps, buffers and kernels of several programs, for one width of vectors. */
  public static Programs programs(
      Model model, ElementType real, List<FormStages> forms, Width width, Tilings tilings) {
    KernelTable kernels = new KernelTable(model.name(), real, List.of(width), tilings);
    List<FormProgram> programs = forms.stream().map(form -> Steps.of(form, kernels)).toList();
    return new Programs(programs, kernels.classes().get(width));
  }

  /** The loop programs of a form's stages, each kernel once. */
  public static List<Kernel> kernels(Model model, ElementType real, FormStages form, Width width) {
    KernelTable kernels = new KernelTable(model.name(), real, List.of(width), Tilings.USUAL);
    Steps.of(form, kernels);
    return kernels.kernels(width);
  }

  public static List<Long> shape(List<Axis> axes) {
    return axes.stream().map(axis -> (long) axis.size()).toList();
  }

  public static List<String> names(List<Axis> axes) {
    return axes.stream().map(Axis::name).toList();
  }
}
