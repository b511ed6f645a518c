package dev.retain.compiler;

import dev.retain.compiler.forms.Dropouts;
import dev.retain.compiler.fusion.BlockedMatrices;
import dev.retain.compiler.fusion.StoredTypes;
import dev.retain.compiler.jar.Assembly;
import dev.retain.compiler.storage.ScaledProducts;
import dev.retain.compiler.storage.StorageChoice;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the weights of a model are stored, and what that makes of its programs.
 *
 * @param byPath those that are stored small or in blocks of columns
 */
record StoredWeights(Map<String, Storage> byPath, ElementType real) {
  /**
   * @param stored the type of matrices of weights
   * @throws RetainException if a model that computes in {@code real} cannot have such weights
   */
  static StoredWeights of(Model model, ElementType real, ElementType stored) {
    if (stored == real) {
      return new StoredWeights(Map.of(), real);
    }
    if (real != ElementType.F32 || !stored.isSmall()) {
      throw new RetainException(
          "weights are stored as bf16 or int8 in models that compute in f32, and "
              + model.name()
              + " is to compute in f64; leave out one of the two");
    }
    return new StoredWeights(StorageChoice.of(model.step(), model.output(), stored), real);
  }

  /** The program of a form as it is used, on the stored numbers. */
  TensorProgram program(TensorProgram program) {
    return ScaledProducts.of(Dropouts.removed(program), byPath);
  }

  /** The same weights, those in blocks of columns of which all forms can read blocks. */
  StoredWeights inBlocks(List<Assembly.FormStages> forms) {
    Map<String, Storage> blocked = new TreeMap<>(byPath);
    BlockedMatrices.of(
            forms.stream().map(Assembly.FormStages::stages).toList(), path -> storage(path).block())
        .forEach((path, rows) -> blocked.put(path, storage(path).inBlocks(rows)));
    return new StoredWeights(blocked, real);
  }

  private Storage storage(String path) {
    return byPath.getOrDefault(path, new Storage.Real());
  }

  /** The stages of a form with parameters as they are stored. */
  Assembly.FormStages typed(Assembly.FormStages form) {
    return new Assembly.FormStages(
        form.name(),
        form.form(),
        form.ragged(),
        form.states(),
        StoredTypes.of(form.stages(), byPath, real));
  }
}
