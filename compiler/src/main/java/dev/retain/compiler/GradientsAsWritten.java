package dev.retain.compiler;

import dev.retain.compiler.autodiff.Wanted;
import dev.retain.compiler.forms.StatesAsWritten;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.RecurrenceGradients;
import dev.retain.runtime.RecurrenceGradients.Point;
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.ModelDescription;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Gradients of and by the states that a recurrence's equations speak of, whatever states its
 * programs keep. A conversion between them may read constants and parameters, such as angles; what
 * flows back through it to those is part of their gradients.
 */
final class GradientsAsWritten {
  private final CompiledRecurrence compiled;
  private final Map<String, NativeTensor> stored;
  private final Point point;
  private final int chunk;
  private final Engine engine;

  GradientsAsWritten(
      CompiledRecurrence compiled,
      Map<String, NativeTensor> stored,
      Point point,
      int chunk,
      Engine engine) {
    this.compiled = compiled;
    this.stored = stored;
    this.point = point;
    this.chunk = chunk;
    this.engine = engine;
  }

  SequencedMap<String, NativeTensor> find() {
    CompiledRecurrence.CompiledGradients programs = compiled.gradients().apply(Wanted.ALL);
    ModelDescription description = compiled.compiled().description();
    Map<String, NativeTensor> kept = compiled.asKept(stored, point.states());
    StateFlow atEnd = flowAtEnd(programs, description, kept);
    Point ofKept =
        new Point(
            point.inputs(), kept, point.flowing(), atEnd.states(), point.batch(), point.time());
    SequencedMap<String, NativeTensor> gradients =
        new RecurrenceGradients(
                description, programs.programs(), stored, programs.kernels(), engine)
            .at(ofKept, chunk);
    add(gradients, atEnd.stored());
    StateFlow atStart = flowAtStart(gradients);
    add(gradients, atStart.stored());
    gradients.keySet().removeIf(name -> name.startsWith(Gradients.STATE));
    atStart.states().forEach((path, tensor) -> gradients.put(Gradients.ofState(path), tensor));
    return gradients;
  }

  private StateFlow flowAtEnd(
      CompiledRecurrence.CompiledGradients programs,
      ModelDescription description,
      Map<String, NativeTensor> kept) {
    if (point.flowingToStates().isEmpty() || !isConverted()) {
      return new StateFlow(point.flowingToStates(), Map.of());
    }
    String form = programs.programs().forward().name();
    // One form is compiled for the vectors of one machine.
    Map<String, byte[]> kernels = compiled.compiled().kernels().values().iterator().next();
    Map<String, NativeTensor> after =
        new RecurrenceRun(description, stored, kernels, engine)
            .run(form, chunk, point.inputs(), kept, point.batch(), point.time())
            .states();
    return StateFlow.through(
        StatesAsWritten.of(compiled.normal().orElseThrow()),
        stored,
        after,
        point.flowingToStates(),
        point.time());
  }

  private StateFlow flowAtStart(Map<String, NativeTensor> gradients) {
    Map<String, NativeTensor> ofStates = new LinkedHashMap<>();
    Map<String, NativeTensor> before = new LinkedHashMap<>();
    for (RecurrenceCall.State state : compiled.call().states()) {
      NativeTensor gradient = gradients.get(Gradients.ofState(state.path()));
      if (gradient != null) {
        ofStates.put(state.path(), gradient);
        NativeTensor given = point.states().get(state.path());
        before.put(state.path(), given == null ? initial(state, gradient) : given);
      }
    }
    return isConverted()
        ? StateFlow.through(
            StatesAsWritten.inverse(compiled.normal().orElseThrow()), stored, before, ofStates, 0)
        : new StateFlow(ofStates, Map.of());
  }

  private boolean isConverted() {
    return compiled.normal().isPresent() && compiled.byHand().isEmpty();
  }

  private static NativeTensor initial(RecurrenceCall.State state, NativeTensor like) {
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, like.shape());
    tensor.fill(state.initial());
    return tensor;
  }

  private static void add(Map<String, NativeTensor> sums, Map<String, NativeTensor> contributions) {
    contributions.forEach((name, contribution) -> {
      NativeTensor sum = sums.get(name);
      for (long i = 0; i < sum.size(); i++) {
        sum.setDouble(i, sum.getDouble(i) + contribution.getDouble(i));
      }
    });
  }
}
