package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Spells out the uses of recurrences, each mapped over leading axes. */
final class RecurrenceElaborator {
  private final Program program;
  private final GraphBuilder outer;
  private final Diagnostics diagnostics;
  private final Variations variations;
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<Axis, Model.DeclaredAxis> axes = new LinkedHashMap<>();
  private final List<HandWrittenForm> forms = new ArrayList<>();

  /** Each form's errors are reported once, not for every use of its recurrence. */
  private final Set<FormDeclaration> wrongForms =
      Collections.newSetFromMap(new IdentityHashMap<>());

  RecurrenceElaborator(Program program, GraphBuilder outer, Diagnostics diagnostics) {
    this.program = program;
    this.outer = outer;
    this.diagnostics = diagnostics;
    this.variations = new Variations(outer);
  }

  /** The axes that recurrences declare. */
  Map<Axis, Model.DeclaredAxis> axes() {
    return axes;
  }

  /** The forms that are written by hand, of each use of a recurrence. */
  List<HandWrittenForm> forms() {
    return forms;
  }

  Value call(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> arguments,
      Expression.CallExpression call,
      Environment caller,
      Binder binder) {
    String name = recurrence.name().text();
    Environment inside = new Environment(program.scope(entry.file()), name, path(name, caller));
    RecurrenceInputs inputs =
        new RecurrenceInputs(recurrence, arguments, call, outer, variations, binder, diagnostics);
    inside.mapped().addAll(inputs.mapped());
    Optional<RecurrenceCall> step =
        new StepElaborator(program, recurrence, inside, binder, axes, diagnostics)
            .step(inputs, call.span());
    if (step.isEmpty()) {
      return new Wrong();
    }
    writtenForms(recurrence, step.get(), inside, binder);
    int node =
        outer.add(
            new Operation.Recur(step.get(), inputs.nodes()),
            resultAxes(step.get()),
            Precision.REAL,
            call.span());
    int outward = binder.outward(node, call.span(), inside);
    return outward < 0 ? new Wrong() : Tensor.of(outward);
  }

  private String path(String name, Environment caller) {
    String path = caller.path(name);
    int use = uses.merge(path, 1, Integer::sum);
    return use == 1 ? path : path + use;
  }

  private void writtenForms(
      RecurrenceDeclaration recurrence, RecurrenceCall step, Environment inside, Binder binder) {
    for (Program.WrittenForm form : program.forms(recurrence)) {
      if (!wrongForms.contains(form.declaration())) {
        FormElaborator.elaborate(
                new FormElaborator.Use(program, recurrence, step, inside, binder, diagnostics),
                form)
            .ifPresentOrElse(forms::add, () -> wrongForms.add(form.declaration()));
      }
    }
  }

  /** Those that are mapped over come first. */
  private static List<Axis> resultAxes(RecurrenceCall step) {
    List<Axis> ofOutput = step.body().node(step.output()).axes();
    List<Axis> all = new ArrayList<>(step.mapped());
    ofOutput.stream().filter(axis -> !all.contains(axis)).forEach(all::add);
    all.retainAll(ofOutput);
    return all;
  }
}
