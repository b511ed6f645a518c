package dev.retain.compiler;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.proof.DerivedForm;
import dev.retain.compiler.proof.FormUnderProof;
import dev.retain.compiler.proof.ProofCache;
import dev.retain.compiler.proof.Prover;
import dev.retain.compiler.proof.Verdict;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.Model;
import dev.retain.compiler.types.RecurrenceModel;
import dev.retain.compiler.types.SmallSizes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether two recurrences give the same outputs, and have the same states of the same names. */
record SameRecurrence(
    Program program, Scope.Entry first, Scope.Entry other, Diagnostics diagnostics) {

  /**
   * Decides it, over axes of several sizes.
   *
   * @param statement that they are the same
   * @return nothing if they cannot be compared, which is reported
   */
  Optional<Verdict> decide(Span statement, ProofCache cache) {
    Map<RecurrenceUse, FormUnderProof> claims = new LinkedHashMap<>();
    for (Map<String, RecurrenceModel.Argument> arguments :
        SmallSizes.of(program, first, diagnostics)) {
      RecurrenceCall one = call(first, arguments);
      RecurrenceCall two = call(other, arguments);
      Optional<Map<Axis, Axis>> axes = axes(one, two);
      if (axes.isEmpty()) {
        diagnostics
            .error(
                Code.NOT_COMPARABLE,
                statement,
                "the axes of `%s` are not those of `%s`"
                    .formatted(other.name().text(), first.name().text()))
            .help("declare the same axes in the same places of inputs and output");
        return Optional.empty();
      }
      RecurrenceUse use = RecurrenceUse.of(one, Map.of());
      claims.put(use, DerivedForm.steps(RecurrenceUse.of(two, axes.get()), use));
    }
    return Optional.of(Prover.prove(claims.keySet(), claims::get, false, cache));
  }

  private RecurrenceCall call(Scope.Entry entry, Map<String, RecurrenceModel.Argument> arguments) {
    Model model = RecurrenceModel.of(program, entry, arguments, diagnostics);
    return model.step().nodes().stream()
        .map(node -> node.operation())
        .filter(Operation.Recur.class::isInstance)
        .map(recur -> ((Operation.Recur) recur).call())
        .findFirst()
        .orElseThrow();
  }

  /** For each axis of the other the one that stands in its place; nothing if they do not fit. */
  private static Optional<Map<Axis, Axis>> axes(RecurrenceCall one, RecurrenceCall two) {
    Map<Axis, Axis> axes = new HashMap<>();
    for (RecurrenceCall.Input input : two.inputs()) {
      RecurrenceCall.Input same =
          one.inputs().stream()
              .filter(i -> i.name().equals(input.name()))
              .findFirst()
              .orElseThrow();
      for (int i = 0; i < input.axes().size(); i++) {
        Axis place = same.axes().get(i);
        if (!axes.computeIfAbsent(input.axes().get(i), _ -> place).equals(place)) {
          return Optional.empty();
        }
      }
    }
    List<Axis> output =
        two.body().node(two.output()).axes().stream()
            .map(axis -> axes.getOrDefault(axis, axis))
            .toList();
    boolean fits =
        new HashSet<>(axes.values()).size() == axes.size()
            && new HashSet<>(output).equals(new HashSet<>(one.body().node(one.output()).axes()));
    return fits ? Optional.of(axes) : Optional.empty();
  }
}
