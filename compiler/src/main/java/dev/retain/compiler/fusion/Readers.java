package dev.retain.compiler.fusion;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many stages read each buffer of a program. */
final class Readers {
  private final Map<Buffer, Integer> counts = new HashMap<>();

  Readers(StageProgram program) {
    program.once().forEach(this::count);
    program.stages().forEach(this::count);
  }

  private void count(Stage stage) {
    for (Stage.OneKernel kernel : stage.kernels()) {
      List<? extends Stage> readers =
          kernel instanceof Stage.Rows rows ? rows.members() : List.of(kernel);
      readers.forEach(
          reader -> reader.sources().forEach(buffer -> counts.merge(buffer, 1, Integer::sum)));
    }
  }

  boolean isReadOnce(Buffer buffer) {
    return counts.getOrDefault(buffer, 0) == 1;
  }
}
