package dev.retain.compiler.fusion;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Storage;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the buffers of parameters the types and the arrangement that they are stored in. What reads
 * them widens them, whatever kind of stage it is; what is in blocks is read by products alone.
 */
public final class StoredTypes {
  private StoredTypes() {}

  /**
   * @param storage by the parameter's path; others stay as they are
   * @param real the type that the program computes in
   */
  public static StageProgram of(
      StageProgram program, Map<String, Storage> storage, ElementType real) {
    Map<Buffer, Buffer> stored = new HashMap<>();
    for (Buffer buffer : program.buffers()) {
      if (buffer.role() == Role.PARAMETER && storage.containsKey(buffer.name())) {
        Storage how = storage.get(buffer.name());
        stored.put(
            buffer,
            new Buffer(
                buffer.id(),
                buffer.name(),
                buffer.role(),
                how.type(real),
                buffer.axes(),
                how.rows()));
      }
    }
    BufferReplacement replacement = new BufferReplacement(stored);
    StageProgram typed =
        new StageProgram(
            program.name(),
            program.buffers().stream().map(b -> stored.getOrDefault(b, b)).toList(),
            program.once().stream().map(replacement::replace).toList(),
            program.stages().stream().map(replacement::replace).toList());
    StageVerifier.verify(typed);
    return typed;
  }
}
