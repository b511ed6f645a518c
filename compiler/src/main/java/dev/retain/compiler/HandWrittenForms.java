package dev.retain.compiler;

import dev.retain.compiler.forms.FormDerivation;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.forms.UnsupportedFormException;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.recurrence.NotLinearException;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.StateDescription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The programs of a model in forms that are written by hand: every recurrence that has a form of a
 * name computes in it, and the others in the form that is derived for blocks.
 */
final class HandWrittenForms {
  private HandWrittenForms() {}

  /** The names of the forms, in order. */
  static List<String> names(Model model) {
    return model.forms().stream().map(HandWrittenForm::name).distinct().toList();
  }

  /** The forms of that name, by the path of the use. */
  static Map<String, HandWrittenForm> byPath(Model model, String name) {
    Map<String, HandWrittenForm> forms = new LinkedHashMap<>();
    model.forms().stream()
        .filter(form -> form.name().equals(name))
        .forEach(form -> forms.put(form.call().path(), form));
    return forms;
  }

  /** The program of the form, in which dropout is still to be decided on. */
  static TensorProgram tensors(Model model, String name) {
    try {
      TensorProgram program =
          FormDerivation.derive(model.step(), model.output(), name, byPath(model, name));
      GraphVerifier.verify(program);
      return program;
    } catch (NotLinearException | UnsupportedFormException e) {
      throw new IllegalStateException("checked before: " + e.getMessage(), e);
    }
  }

  /**
   * @param change what is done with the tensor program before it is lowered, about dropout, too
   */
  static Assembly.FormStages stages(
      Model model,
      String name,
      List<RecurrenceCall> calls,
      ElementType real,
      UnaryOperator<TensorProgram> change) {
    Map<String, HandWrittenForm> forms = byPath(model, name);
    List<StateDescription> states = new ArrayList<>();
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    for (RecurrenceCall call : calls) {
      HandWrittenForm form = forms.get(call.path());
      if (form == null) {
        FormDerivation.kept(call)
            .forEach(s -> state(s.path(), s.axes(), s.initial(), states, axes));
      } else {
        form.states().forEach(s -> state(s.path(), s.axes(), s.initial(), states, axes));
      }
    }
    StageProgram stages = Lowering.stages(change.apply(tensors(model, name)), real, axes);
    // What starts from rest reads a whole sequence as one block.
    boolean isFromRest = forms.values().stream().anyMatch(HandWrittenForm::fromRest);
    return new Assembly.FormStages(
        name, isFromRest ? Form.PARALLEL : Form.CHUNKWISE, false, states, stages);
  }

  private static void state(
      String path,
      List<Axis> own,
      double initial,
      List<StateDescription> states,
      Map<String, List<Axis>> axes) {
    states.add(new StateDescription(path, Assembly.shape(own), Assembly.names(own), initial));
    List<Axis> all = new ArrayList<>(List.of(Axis.BATCH));
    all.addAll(own);
    axes.put(path, all);
  }
}
