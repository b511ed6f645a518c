package dev.retain.runtime;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.program.TensorDescription;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the buffers of all programs with what the model says of its tensors. Kernels check
 * nothing, so a wrong size would be a crash of the JVM.
 */
final class ProgramCheck {
  private final ModelDescription model;
  private final Map<Role, Map<String, Long>> sizes = new HashMap<>();
  private final Map<String, ElementType> types = new HashMap<>();

  private ProgramCheck(ModelDescription model) {
    this.model = model;
    sizes.put(Role.PARAMETER, sizes(model.stored()));
    model.stored().forEach(one -> types.put(one.path(), one.storage().type(model.real())));
    sizes.put(Role.CONSTANT, sizes(model.constants()));
    carry(model.states());
  }

  private void carry(List<StateDescription> states) {
    sizes.put(Role.STATE, sizes(states));
    sizes.put(Role.NEXT_STATE, sizes.get(Role.STATE));
  }

  static void check(ModelDescription model) {
    ProgramCheck check = new ProgramCheck(model);
    if (check.sizes.get(Role.STATE).containsKey(State.POSITION)) {
      throw check.wrong("a state", State.POSITION, "must have another name");
    }
    model.programs().forEach(check::program);
  }

  private static Map<String, Long> sizes(List<? extends TensorDescription> tensors) {
    Map<String, Long> sizes = new HashMap<>();
    tensors.forEach(tensor -> sizes.put(tensor.path(), tensor.size()));
    return sizes;
  }

  private void program(FormProgram program) {
    carry(model.statesOf(program));
    Set<String> unwritten = new HashSet<>(sizes.get(Role.STATE).keySet());
    for (BufferDescription buffer : program.buffers()) {
      switch (buffer.role()) {
        case PARAMETER ->
            tensor(program, buffer, types.getOrDefault(buffer.name(), model.real()), 0);
        case CONSTANT -> tensor(program, buffer, ElementType.F64, 0);
        case STATE -> tensor(program, buffer, model.real(), 1);
        case NEXT_STATE -> {
          tensor(program, buffer, model.real(), 1);
          unwritten.remove(buffer.name());
        }
        case OUTPUT -> {
          Size size = new Size(model.vocabulary(), 1, buffer.size().timePower());
          buffer(program, buffer, model.real(), size);
        }
        case INPUT -> {
          boolean wide = !buffer.name().equals(Inputs.TOKEN);
          int sequences = buffer.name().equals(Inputs.CHUNK) ? 0 : 1;
          Size size = new Size(1, sequences, buffer.size().timePower());
          buffer(program, buffer, wide ? ElementType.F64 : ElementType.I64, size);
        }
        case GRADIENT ->
            throw wrong(program.name() + " program", buffer.name(), "flows back in a model");
        case SCRATCH, STATIC, WORKSPACE -> {}
      }
    }
    if (!unwritten.isEmpty()) {
      throw wrong(program.name() + " program", unwritten.toString(), "is not written");
    }
  }

  private void tensor(
      FormProgram program, BufferDescription buffer, ElementType type, int batchPower) {
    Long size = sizes.get(buffer.role()).get(buffer.name());
    if (size == null) {
      throw wrong(program.name() + " program", buffer.name(), "is unknown");
    }
    buffer(program, buffer, type, new Size(size, batchPower, 0));
  }

  private void buffer(FormProgram program, BufferDescription buffer, ElementType type, Size size) {
    if (buffer.type() != type || !buffer.size().equals(size)) {
      throw wrong(
          program.name() + " program",
          buffer.name(),
          "should be " + type + " " + size + ", not " + buffer.type() + " " + buffer.size());
    }
  }

  private ModelException wrong(String where, String what, String problem) {
    return new ModelException(
        "the model "
            + model.name()
            + " is damaged: "
            + where
            + ": "
            + what
            + " "
            + problem
            + "; compile it again");
  }
}
