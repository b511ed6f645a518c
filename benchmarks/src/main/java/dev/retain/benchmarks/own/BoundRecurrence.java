package dev.retain.benchmarks.own;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.kernel.CompilerDirectives;
import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One form of a recurrence with its memory, to be run again and again: as a session runs a model,
 * where a run of {@code retain run} would take memory each time.
 */
final class BoundRecurrence implements AutoCloseable {
  private static final String GENERATED = "dev/retain/generated/*";

  private final StateMemory states;
  private final BoundProgram program;

  /**
   * Compiles and binds it.
   *
   * @param arguments what it reads, by name
   * @param parameters by path
   * @param block the most steps of a block
   */
  BoundRecurrence(
      Source source,
      String recurrence,
      Map<String, Argument> arguments,
      Map<String, NativeTensor> parameters,
      Form form,
      int block) {
    Width width = MachineWidth.choose(recurrence, Set.of(Width.values()));
    CompiledRecurrence compiled =
        CompiledRecurrence.compile(
            CompiledRecurrence.find(source, recurrence), arguments, form, ElementType.F32, width);
    ModelDescription description = compiled.compiled().description();
    Map<String, NativeTensor> weights = new HashMap<>(parameters);
    for (ConstantDescription constant : description.constants()) {
      weights.put(constant.path(), constant(constant, compiled));
    }
    CompilerDirectives.excludeFromFirstTier(GENERATED);
    KernelLoader kernels =
        new KernelLoader(Kernel.class.getClassLoader(), compiled.compiled().kernels().get(width));
    FormProgram derived = description.program(form.text(), false).orElseThrow();
    this.states = new StateMemory(description.statesOf(derived), ElementType.F32, 1);
    this.program =
        new BoundProgram(derived, Engine.shared(), kernels::kernel, weights::get, states, 1, block);
    write(Inputs.CHUNK, block);
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

  /** Where the next run finds the steps of an input. */
  void read(String name, MemorySegment steps) {
    program.read(name, steps);
  }

  private void write(String name, double value) {
    Optional<MemorySegment> segment = program.input(name);
    segment.ifPresent(one -> one.set(ValueLayout.JAVA_DOUBLE, 0, value));
  }

  /** Begins again. */
  void reset() {
    states.reset();
  }

  /**
   * Runs a block.
   *
   * @param position how many steps were made before it
   * @return the output of its steps; valid until the next run
   */
  NativeTensor run(long position, int steps) {
    write(Inputs.POSITION, position);
    return program.run(steps);
  }

  @Override
  public void close() {
    program.close();
    states.close();
  }
}
