package dev.retain.benchmarks.own;

import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.ModelBuilder.Request;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** RetNet in sizes that have names, with random weights. */
final class OwnModel {
  private static final String DEFINITION = "retnet.ret";
  private static final Map<String, Map<String, String>> SIZES =
      Map.of(
          "3.8M", Map.of("d", "256", "value", "512", "ffn", "512", "heads", "4", "layers", "4"),
          "19.3M", Map.of("preset", "base", "heads", "4"),
          "204M", Map.of("preset", "medium"));

  private OwnModel() {}

  static RetainModel of(String size) {
    Width width = MachineWidth.choose(size, Set.of(Width.values()));
    try (InputStream stream =
        ModelBuilder.class.getResourceAsStream("/dev/retain/models/" + DEFINITION)) {
      Path folder = Files.createTempDirectory("retain-bench");
      Path definition = folder.resolve(DEFINITION);
      Files.copy(stream, definition);
      ModelBuilder built =
          ModelBuilder.build(
              new Request(
                  definition,
                  SIZES.get(size),
                  Optional.empty(),
                  List.of(),
                  OptionalLong.of(1),
                  ElementType.F32,
                  List.of(width)));
      Files.delete(definition);
      Files.delete(folder);
      return built.open(width, Engine.shared());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
