package dev.retain.models;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Models from the definitions of this folder, and tokens for them. */
final class Definitions {
  private Definitions() {}

  /** Parameters are drawn from a seed; settings are written {@code "d=12 heads=2"}. */
  static ModelBuilder build(String file, String settings, ElementType real, List<Width> widths) {
    return build(file, settings, real, real, widths);
  }

  /** The same with matrices of weights that are stored in another type. */
  static ModelBuilder build(
      String file, String settings, ElementType real, ElementType stored, List<Width> widths) {
    return ModelBuilder.build(
        new ModelBuilder.Request(
            Path.of(file),
            settings(settings),
            Optional.empty(),
            List.of(),
            OptionalLong.of(7),
            real,
            stored,
            widths));
  }

  static Map<String, String> settings(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String setting : text.split(" ")) {
      settings.put(setting.split("=")[0], setting.split("=")[1]);
    }
    return settings;
  }

  /** [batch][time] */
  static int[][] tokens(Random random, int batch, int time, int vocabulary) {
    int[][] tokens = new int[batch][];
    for (int row = 0; row < batch; row++) {
      tokens[row] = random.ints(time, 0, vocabulary).toArray();
    }
    return tokens;
  }
}
