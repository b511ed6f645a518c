package dev.retain.runtime.jar;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * All that goes into a model's jar.
 *
 * @param weights by path: all constants (F64), and the parameters unless the description has a seed
 * @param kernels class files by binary name (with dots), for each width
 * @param sources the definition's files by their names
 * @param certificate what is known of the forms, as JSON
 * @param manifest further attributes, such as {@code Main-Class}
 * @param extras further entries, such as the runtime's own classes
 */
public record ModelJarContent(
    ModelDescription description,
    SequencedMap<String, NativeTensor> weights,
    Map<Width, Map<String, byte[]>> kernels,
    Map<String, byte[]> sources,
    Optional<String> certificate,
    Map<String, String> manifest,
    List<Extra> extras) {
  /** One more entry: its path in the jar, and where its bytes come from. */
  public record Extra(String path, Bytes bytes) {}

  /** Bytes that are read when they are needed. */
  @FunctionalInterface
  public interface Bytes {
    InputStream open() throws IOException;
  }
}
