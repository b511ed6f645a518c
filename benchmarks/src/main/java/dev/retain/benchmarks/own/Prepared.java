package dev.retain.benchmarks.own;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One form of a recurrence, compiled for this machine, in float32.
 *
 * @param weights constants and parameters by path
 */
record Prepared(CompiledRecurrence recurrence, Width width, Map<String, NativeTensor> weights) {
  /**
   * Compiles it.
   *
   * @param arguments what it reads, by name
   * @param parameters by path
   */
  static Prepared of(
      Source source,
      String recurrence,
      Map<String, Argument> arguments,
      Map<String, NativeTensor> parameters,
      Form form) {
    Width width = MachineWidth.choose(recurrence, Set.of(Width.values()));
    CompiledRecurrence compiled =
        CompiledRecurrence.compile(
            CompiledRecurrence.find(source, recurrence), arguments, form, ElementType.F32, width);
    Map<String, NativeTensor> weights = new HashMap<>(parameters);
    for (ConstantDescription constant : compiled.compiled().description().constants()) {
      weights.put(constant.path(), constant(constant, compiled));
    }
    return new Prepared(compiled, width, weights);
  }

  private static NativeTensor constant(ConstantDescription constant, CompiledRecurrence compiled) {
    long[] shape = constant.shape().stream().mapToLong(Long::longValue).toArray();
    NativeTensor tensor = NativeTensor.allocate(Arena.global(), ElementType.F64, shape);
    List<Double> values = compiled.compiled().constants().get(constant.path());
    for (int i = 0; i < values.size(); i++) {
      tensor.setDouble(i, values.get(i));
    }
    return tensor;
  }

  ModelDescription description() {
    return recurrence.compiled().description();
  }
}
