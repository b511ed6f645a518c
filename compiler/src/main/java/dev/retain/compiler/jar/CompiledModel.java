package dev.retain.compiler.jar;

import dev.retain.compiler.proof.Certificate;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model as data and class files.
 *
 * @param constants the values of the stored tensors that are not learned, by path, row-major
 * @param kernels class files by binary name, for each width
 * @param sources the text of each file of the definition, the main one first
 * @param certificate what is known of its forms
 */
public record CompiledModel(
    ModelDescription description,
    SequencedMap<String, List<Double>> constants,
    Map<Width, Map<String, byte[]>> kernels,
    SequencedMap<String, String> sources,
    Certificate certificate) {
  public CompiledModel {
    constants = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(constants));
    kernels = Collections.unmodifiableMap(new EnumMap<>(kernels));
    sources = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sources));
  }

  /** The same model without a seed: all its parameters are stored. */
  public CompiledModel withoutSeed() {
    return new CompiledModel(description.withoutSeed(), constants, kernels, sources, certificate);
  }
}
