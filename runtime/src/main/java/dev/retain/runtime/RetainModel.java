package dev.retain.runtime;

import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.engine.StateMemory;
import dev.retain.runtime.jar.ModelJar;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.StoredParameters;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A compiled model in memory.
 *
 * <pre>{@code
 * try (RetainModel model = RetainModel.open(Path.of("retnet.jar"));
 *     Session session = model.newSession(1)) {
 *   INDArray logits = session.run(Nd4j.createFromArray(new int[][] {{82, 101, 116}}), Form.CHUNKWISE);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; sessions share the weights.
 */
public final class RetainModel implements AutoCloseable {
  private final ModelDescription description;
  private final SequencedMap<String, NativeTensor> weights;
  private final KernelSource kernels;
  private final Engine engine;
  private Map<String, INDArray> arrays;
  private volatile boolean closed;

  private RetainModel(
      ModelDescription description,
      SequencedMap<String, NativeTensor> weights,
      KernelSource kernels,
      Engine engine) {
    this.description = description;
    this.weights = weights;
    this.kernels = kernels;
    this.engine = engine;
    ProgramCheck.check(description);
  }

  /**
   * Reads a model's jar whole; the file is not needed afterwards. Its kernels are those of the
   * widest vectors that this machine has (at most {@code -Dretain.width}); they run on {@link
   * Engine#shared}.
   *
   * @throws dev.retain.runtime.files.FileException if there is no such file, or it cannot be read
   * @throws ModelException if it is no jar, no model, damaged, or not for this machine
   * @throws dev.retain.runtime.memory.MemoryException if the weights do not fit into memory
   */
  public static RetainModel open(Path jar) {
    return open(jar, Engine.shared());
  }

  /** The same on workers of the caller's. */
  public static RetainModel open(Path path, Engine engine) {
    try (ModelJar jar = ModelJar.open(path)) {
      ModelDescription description = jar.description();
      ModelWeights.requireMemory(description);
      Width width = MachineWidth.choose(description.name(), jar.widths());
      Kernels kernels = new Kernels(jar.kernels(width));
      Map<String, NativeTensor> stored = jar.weights(Arena.ofAuto());
      return new RetainModel(description, ModelWeights.of(description, stored), kernels, engine);
    }
  }

  /**
   * A model that is in memory already.
   *
   * @param weights constants and parameters by path. Tensors of the right type that are aligned to
   *     64 bytes are used as they are, others are copied. Parameters that are missing are
   *     initialised if the description has a seed
   * @param classes the class files of the kernels, by binary name (with dots)
   */
  public static RetainModel of(
      ModelDescription description,
      Map<String, NativeTensor> weights,
      Map<String, byte[]> classes,
      Engine engine) {
    return of(description, weights, new Kernels(classes), engine);
  }

  /** The same with kernels that exist, by class name. */
  public static RetainModel of(
      ModelDescription description,
      Map<String, NativeTensor> weights,
      KernelSource kernels,
      Engine engine) {
    return new RetainModel(description, ModelWeights.of(description, weights), kernels, engine);
  }

  /** All that is known of it. */
  public ModelDescription description() {
    return description;
  }

  /** What its sessions run on. */
  public Engine engine() {
    return engine;
  }

  /**
   * Parameters and constants by path, on the memory that the kernels read and as they lie there
   * ({@link ParameterDescription#storedShape}). A parameter that is stored in whole numbers has its
   * scales beside it.
   */
  public Map<String, NativeTensor> weights() {
    return weights;
  }

  /**
   * The parameters by path, as arrays. Those that lie as their shape says ({@link
   * ParameterDescription#isPlain}) are on the memory that the kernels read: what is written into
   * them counts from the next run on. Others are copies, in F32 if they are stored small. The first
   * call starts ND4J.
   */
  public synchronized Map<String, INDArray> parameters() {
    if (arrays == null) {
      Map<String, INDArray> views = new LinkedHashMap<>();
      for (ParameterDescription parameter : description.parameters()) {
        NativeTensor tensor = StoredParameters.widened(parameter, weights, Arena.ofAuto());
        views.put(parameter.path(), tensor.array());
      }
      arrays = Collections.unmodifiableMap(views);
    }
    return arrays;
  }

  /**
   * A new batch of sequences, all at position 0.
   *
   * @throws dev.retain.runtime.memory.MemoryException if their states do not fit into memory
   */
  public Session newSession(int batch) {
    if (closed) {
      throw new IllegalStateException("the model was closed");
    }
    return new Session(this, batch);
  }

  BoundProgram bind(FormProgram program, StateMemory states, int batch, int capacity) {
    return new BoundProgram(program, engine, kernels, weights::get, states, batch, capacity);
  }

  /**
   * No new sessions can be opened. The memory of the weights is given back when no session and no
   * array of {@link #parameters} can be reached any more.
   */
  @Override
  public void close() {
    closed = true;
  }
}
