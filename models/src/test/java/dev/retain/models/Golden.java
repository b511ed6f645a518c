package dev.retain.models;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsFile;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file with the weights of a reference implementation and what it computes from them.
 *
 * @param name without the type, such as {@code torchscale_tiny}
 * @param real of the weights and outputs
 */
record Golden(String name, ElementType real) {
  /** The largest absolute difference of logits of about 4. */
  double tolerance() {
    return real == ElementType.F64 ? 1e-10 : 1e-4;
  }

  Path path() {
    String file = "/golden/" + name + (real == ElementType.F64 ? "_f64" : "_f32") + ".safetensors";
    try {
      return Path.of(Golden.class.getResource(file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the shapes of the weights do not tell. */
  private Map<String, String> settings() {
    return switch (name.substring(name.indexOf('_') + 1)) {
      case "odd" -> Map.of("activation", "gelu");
      case "emb" -> Map.of("eps", "1e-5", "embed_scale", "true");
      default -> Map.of();
    };
  }

  /** retnet.ret with these weights. */
  ModelBuilder build(List<Width> widths) {
    return build("retnet.ret", widths);
  }

  /** The same from a definition of the same parameters. */
  ModelBuilder build(String definition, List<Width> widths) {
    return ModelBuilder.build(
        new ModelBuilder.Request(
            Path.of(definition),
            settings(),
            Optional.of(path()),
            List.of("param.", "buffer."),
            OptionalLong.empty(),
            real,
            widths));
  }

  int layers() {
    return name.endsWith("one") ? 1 : 2;
  }

  NativeTensor tensor(String tensor) {
    try (SafetensorsFile file = SafetensorsFile.open(path())) {
      return file.read(tensor, Arena.ofAuto());
    }
  }

  /** [batch][time] */
  int[][] tokens() {
    NativeTensor ids = tensor("input_ids");
    int[][] tokens = new int[(int) ids.shape()[0]][(int) ids.shape()[1]];
    for (int row = 0; row < tokens.length; row++) {
      for (int step = 0; step < tokens[row].length; step++) {
        tokens[row][step] = (int) ids.getDouble((long) row * tokens[row].length + step);
      }
    }
    return tokens;
  }
}
