package dev.retain.cli.compile;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How far the logits of a model in one form are from those in the recurrent form, in float64.
 *
 * @param largest the largest difference
 * @param relative the same, in relation to the largest logit
 */
record LogitsMeasure(String form, double largest, double relative) {
  static final int LENGTH = 512;

  /**
   * Measures every form but the recurrent one.
   *
   * @param prefixes takes only the tensors under these, and strips them; all if empty
   * @param tokens [batch, time]
   * @param chunk tokens of a chunk, in a form that has chunks
   */
  static List<LogitsMeasure> of(
      Path definition, Path weights, List<String> prefixes, int[][] tokens, int chunk) {
    Width width = MachineWidth.choose(definition.toString(), Set.of(Width.values()));
    ModelBuilder builder =
        ModelBuilder.build(
            new ModelBuilder.Request(
                definition,
                Map.of(),
                Optional.of(weights),
                prefixes,
                OptionalLong.empty(),
                ElementType.F64,
                List.of(width)));
    List<LogitsMeasure> measures = new ArrayList<>();
    try (RetainModel model = builder.open(width, Engine.shared());
        Session session = model.newSession(tokens.length)) {
      RunOptions options = RunOptions.DEFAULT.withChunk(chunk);
      NativeTensor expected = session.run(tokens, Form.RECURRENT, options);
      for (FormProgram program : model.description().programs()) {
        if (!program.ragged() && program.form() != Form.RECURRENT) {
          session.reset();
          NativeTensor actual = session.run(tokens, program.name(), options);
          measures.add(of(program.name(), expected, actual));
        }
      }
    }
    return measures;
  }

  private static LogitsMeasure of(String form, NativeTensor expected, NativeTensor actual) {
    double largest = 0;
    double size = 0;
    for (long i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.getDouble(i) - actual.getDouble(i)));
      size = Math.max(size, Math.abs(expected.getDouble(i)));
    }
    return new LogitsMeasure(form, largest, largest == 0 ? 0 : largest / size);
  }

  /** The bytes of a text, as many as are measured. */
  static int[][] text(Path file) {
    try (InputStream text = Files.newInputStream(file)) {
      byte[] bytes = text.readNBytes(LENGTH);
      if (bytes.length == 0) {
        throw new RetainException(file + ": the text is empty");
      }
      int[] tokens = new int[bytes.length];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = Byte.toUnsignedInt(bytes[i]);
      }
      return new int[][] {tokens};
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** The ids of a tensor [batch, time] or [time]. */
  static int[][] ids(Path file, String name) {
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      NativeTensor ids = stored.read(name, ElementType.I64, Arena.ofAuto());
      int rank = ids.shape().length;
      if (rank < 1 || rank > 2 || ids.size() == 0) {
        throw new RetainException(
            "%s: the tensor %s should have the shape [batch, time] or [time], but is %s"
                .formatted(file, name, ids));
      }
      int steps = (int) ids.shape()[rank - 1];
      int[][] tokens = new int[(int) (ids.size() / steps)][steps];
      for (int i = 0; i < ids.size(); i++) {
        tokens[i / steps][i % steps] = (int) ids.getDouble(i);
      }
      return tokens;
    }
  }

  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("form", form);
    values.put("logits", largest);
    values.put("logits_relative", relative);
    return values;
  }

  String line() {
    return String.format(
        Locale.ROOT, "%s: the logits are %.1e off (relative %.1e)", form, largest, relative);
  }
}
