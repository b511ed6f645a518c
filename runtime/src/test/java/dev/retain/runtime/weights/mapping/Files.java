package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A small model with layers, and files with its weights. */
final class Files {
  /** Head 2, K 3, d 5; a decay for each head, and an angle for each pair of two channels. */
  static final String NAMES =
      """
      {"layouts": [
        {"name": "foreign",
         "recognised_by": ["emb.weight", "layers.0.q.weight"],
         "hyperparameters": {
           "d": "emb.weight[1]", "size": "layers.0.q.weight[0,1]",
           "layers": "count layers.{i}.q.weight", "bias": "present head.bias"},
         "tensors": {
           "embed": "emb.weight: vocab d",
           "block.{i}.Wq": "layers.{i}.q.weight: (head K) d",
           "bias": "head.bias: ()",
           "gamma": "exp pos.decay: head",
           "theta": "pos.angle: (pair 2)"},
         "ignored": ["*.version"]},
        {"name": "own", "recognised_by": ["embed"], "hyperparameters": {"d": "embed[1]"}}]}
      """;

  static final List<ConstantDescription> CONSTANTS =
      List.of(
          new ConstantDescription("gamma", List.of(2L), List.of("head")),
          new ConstantDescription("theta", List.of(3L), List.of("pair")));

  private final Path folder;
  private final Arena arena;
  private final SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();

  Files(Path folder, Arena arena) {
    this.folder = folder;
    this.arena = arena;
  }

  static NameMapping mapping() {
    return NameMapping.read("small.names.json", NAMES.getBytes(StandardCharsets.UTF_8));
  }

  static List<ParameterDescription> parameters(int layers) {
    ParameterDescription[] all = new ParameterDescription[layers + 1];
    all[0] = parameter("embed", List.of(4L, 5L), List.of("vocab", "d"));
    for (int i = 0; i < layers; i++) {
      all[i + 1] = parameter("block." + i + ".Wq", List.of(5L, 2L, 3L), List.of("d", "head", "K"));
    }
    return List.of(all);
  }

  static ParameterDescription parameter(String path, List<Long> shape, List<String> axes) {
    return new ParameterDescription(path, shape, axes, new Initial.Fill(0));
  }

  /** The file of a model of so many layers; element i of a matrix is i. */
  static Files complete(Path folder, Arena arena, int layers) {
    Files files = new Files(folder, arena).with("emb.weight", counting(20), 4, 5);
    for (int i = 0; i < layers; i++) {
      files.with("layers." + i + ".q.weight", counting(30), 6, 5);
    }
    return files
        .with("pos.decay", new double[] {-0.25, -0.125}, 2)
        .with("pos.angle", new double[] {1, 1, 0.5, 0.5, 0.25, 0.25}, 6);
  }

  private static double[] counting(int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> i);
    return values;
  }

  Files with(String name, double[] values, long... shape) {
    return with(name, ElementType.F64, values, shape);
  }

  Files with(String name, ElementType type, double[] values, long... shape) {
    NativeTensor tensor = NativeTensor.allocate(arena, type, shape);
    for (int i = 0; i < values.length; i++) {
      tensor.setDouble(i, values[i]);
    }
    tensors.put(name, tensor);
    return this;
  }

  Files without(String name) {
    tensors.remove(name);
    return this;
  }

  SafetensorsFile open() {
    Path path = folder.resolve("small.safetensors");
    SafetensorsWriter.write(path, tensors, Map.of());
    return SafetensorsFile.open(path);
  }
}
