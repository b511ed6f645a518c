package dev.retain.benchmarks.own;

import dev.retain.benchmarks.work.RetNet;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.ModelBuilder.Request;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** RetNet in a size that has a name, with the weights that all contestants have. */
final class OwnModel {
  private static final String DEFINITION = "retnet.ret";

  private final Width width;
  private final ModelBuilder builder;

  private OwnModel(String size) {
    this.width = MachineWidth.choose(size, Set.of(Width.values()));
    this.builder = build(size, width);
  }

  /** One to read with. */
  static RetainModel of(String size) {
    OwnModel model = new OwnModel(size);
    return model.builder.open(model.width, Engine.shared());
  }

  /**
   * One to train, chunkwise.
   *
   * @param length of the sequences, each of which begins at rest
   */
  static BlockGradientModel forTraining(String size, int length, int chunk) {
    OwnModel model = new OwnModel(size);
    return model
        .builder
        .openForTraining(
            Form.CHUNKWISE.text(),
            chunk,
            length <= chunk,
            BlockGradientModel.USUAL_WORK,
            model.width,
            Engine.shared())
        .model();
  }

  private static ModelBuilder build(String name, Width width) {
    RetNet size = RetNet.of(name);
    try (InputStream stream =
        ModelBuilder.class.getResourceAsStream("/dev/retain/models/" + DEFINITION)) {
      Path folder = Files.createTempDirectory("retain-bench");
      Path definition = folder.resolve(DEFINITION);
      Files.copy(stream, definition);
      ModelBuilder built =
          ModelBuilder.build(
              new Request(
                  definition,
                  settings(size),
                  Optional.empty(),
                  List.of(),
                  OptionalLong.empty(),
                  ElementType.F32,
                  stored(name),
                  List.of(width)));
      Files.delete(definition);
      Files.delete(folder);
      return built.withParameters(parameters(size));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ElementType stored(String name) {
    return name.endsWith(", bf16")
        ? ElementType.BF16
        : name.endsWith(", int8") ? ElementType.I8 : ElementType.F32;
  }

  private static Map<String, String> settings(RetNet size) {
    Map<String, Integer> settings = new LinkedHashMap<>();
    settings.put("vocab", size.vocabulary());
    settings.put("d", size.width());
    settings.put("value", size.value());
    settings.put("ffn", size.hidden());
    settings.put("heads", size.heads());
    settings.put("layers", size.layers());
    Map<String, String> texts = new LinkedHashMap<>();
    settings.forEach((name, value) -> texts.put(name, value.toString()));
    return texts;
  }

  private static Map<String, NativeTensor> parameters(RetNet size) {
    Map<String, NativeTensor> parameters = new LinkedHashMap<>();
    for (RetNet.Parameter parameter : size.parameters()) {
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, shape);
      float[] values = parameter.values();
      MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
      parameters.put(parameter.path(), tensor);
    }
    return parameters;
  }
}
