package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets what stages exchange within a part lie together, where nobody else reads it. The steps of
 * one head are else apart by all other heads: pieces of some hundred bytes, of which many compete
 * for the same place in a cache.
 */
final class PartLayouts {
  private PartLayouts() {}

  static StageProgram of(StageProgram program) {
    Map<Buffer, Buffer> moved = new HashMap<>();
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Parts parts) {
        Set<Buffer> elsewhere = new HashSet<>();
        program.once().forEach(other -> elsewhere.addAll(touched(other)));
        program.stages().stream()
            .filter(other -> other != stage)
            .forEach(other -> elsewhere.addAll(touched(other)));
        for (Buffer buffer : parts.targets()) {
          if (buffer.role() == Role.SCRATCH && !elsewhere.contains(buffer)) {
            moved.put(buffer, partsFirst(buffer, parts.parts()));
          }
        }
      }
    }
    BufferReplacement replacement = new BufferReplacement(moved);
    return new StageProgram(
        program.name(),
        program.buffers().stream().map(buffer -> moved.getOrDefault(buffer, buffer)).toList(),
        program.once(),
        program.stages().stream().map(replacement::replace).toList());
  }

  private static Set<Buffer> touched(Stage stage) {
    Set<Buffer> touched = new HashSet<>(stage.sources());
    touched.addAll(stage.targets());
    return touched;
  }

  private static Buffer partsFirst(Buffer buffer, List<Axis> parts) {
    if (!buffer.axes().containsAll(parts)) {
      return buffer;
    }
    List<Axis> axes = new ArrayList<>(parts);
    buffer.axes().stream().filter(axis -> !parts.contains(axis)).forEach(axes::add);
    return new Buffer(buffer.id(), buffer.name(), buffer.role(), buffer.type(), axes);
  }
}
