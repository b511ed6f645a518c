package dev.retain.compiler;

import dev.retain.compiler.jar.CompiledModel;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.types.Model;
import dev.retain.runtime.Initialiser;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.jar.ModelJarContent;
import dev.retain.runtime.jar.ModelJarWriter;
import dev.retain.runtime.kernel.Kernels;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.training.blocks.BlockGradientModel;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.StoredParameters;
import dev.retain.runtime.weights.mapping.Layout;
import dev.retain.runtime.weights.mapping.NameMapping;
import dev.retain.runtime.weights.mapping.NamesException;
import dev.retain.runtime.weights.mapping.SelectedTensors;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * From a definition, with weights or without, to a model that runs, in this process or in a jar, or
 * that can be trained.
 *
 * @param compilation of the definition
 * @param compiled the model's description and kernels
 * @param weights all constants, and the parameters as they are stored if weights were given, by
 *     path
 * @param layout the names under which the weights were given
 * @param tuning how its work is cut
 */
public record ModelBuilder(
    Compilation compilation,
    CompiledModel compiled,
    SequencedMap<String, NativeTensor> weights,
    Optional<Layout> layout,
    Tuning tuning) {

  /**
   * What to build.
   *
   * @param settings hyperparameters as the user wrote them
   * @param weights a safetensors file under the model's own names or those of a checkpoint that the
   *     model's {@code .names.json} describes; hyperparameters without a setting follow from it
   * @param prefixes takes only the tensors under these, and strips them; all if empty
   * @param seed for parameters without weights
   * @param stored the type that matrices of weights are stored in: {@code real}, or for a float32
   *     model BF16 or I8
   * @param tuner what was measured for a model, or what is usual
   */
  public record Request(
      Path definition,
      Map<String, String> settings,
      Optional<Path> weights,
      List<String> prefixes,
      OptionalLong seed,
      ElementType real,
      ElementType stored,
      List<Width> widths,
      Function<Model, Tuning> tuner) {
    public Request {
      settings = new LinkedHashMap<>(settings);
      prefixes = List.copyOf(prefixes);
      widths = List.copyOf(widths);
    }

    /** A model that is cut as usual. */
    public Request(
        Path definition,
        Map<String, String> settings,
        Optional<Path> weights,
        List<String> prefixes,
        OptionalLong seed,
        ElementType real,
        ElementType stored,
        List<Width> widths) {
      this(
          definition,
          settings,
          weights,
          prefixes,
          seed,
          real,
          stored,
          widths,
          _ -> Tuning.usual(widths.getFirst()));
    }

    /** The same with weights that are stored in the type that it computes in. */
    public Request(
        Path definition,
        Map<String, String> settings,
        Optional<Path> weights,
        List<String> prefixes,
        OptionalLong seed,
        ElementType real,
        List<Width> widths) {
      this(definition, settings, weights, prefixes, seed, real, real, widths);
    }

    /** A float32 model of a definition for every machine, its parameters drawn from a seed. */
    public static Request of(Path definition, long seed) {
      return new Request(
          definition,
          Map.of(),
          Optional.empty(),
          List.of(),
          OptionalLong.of(seed),
          ElementType.F32,
          List.of(Width.values()));
    }
  }

  /**
   * @throws dev.retain.compiler.diagnostics.CompileException if the definition is wrong
   * @throws dev.retain.runtime.RetainException if the weights do not fit
   */
  public static ModelBuilder build(Request request) {
    if (request.weights().isEmpty()) {
      Compilation compilation = Compilation.of(request.definition(), request.settings());
      OptionalLong seed = request.seed().isPresent() ? request.seed() : OptionalLong.of(0);
      // What is stored small is drawn and rounded here.
      boolean drawn = request.stored() != request.real();
      Tuning tuning = request.tuner().apply(compilation.model());
      CompiledModel compiled =
          compile(compilation, request, tuning, drawn ? OptionalLong.empty() : seed);
      ModelBuilder builder =
          new ModelBuilder(compilation, compiled, constants(compiled), Optional.empty(), tuning);
      return drawn ? builder.withParameters(drawn(compiled, seed.getAsLong())) : builder;
    }
    try (SafetensorsFile file = SafetensorsFile.open(request.weights().get())) {
      SelectedTensors tensors = SelectedTensors.of(file, request.prefixes());
      Layout layout = mapping(request.definition()).recognise(tensors);
      Map<String, String> settings = new LinkedHashMap<>(request.settings());
      if (!settings.containsKey("preset")) {
        layout.hyperparameters(tensors).forEach(settings::putIfAbsent);
      }
      Compilation compilation = Compilation.of(request.definition(), settings);
      Tuning tuning = request.tuner().apply(compilation.model());
      CompiledModel compiled = compile(compilation, request, tuning, OptionalLong.empty());
      ModelDescription description = compiled.description();
      return new ModelBuilder(
              compilation, compiled, constants(compiled), Optional.of(layout), tuning)
          .withParameters(
              layout.load(
                  tensors,
                  description.parameters(),
                  description.constants(),
                  description.hyperparameters(),
                  request.real(),
                  Arena.ofAuto()));
    }
  }

  private static CompiledModel compile(
      Compilation compilation, Request request, Tuning tuning, OptionalLong seed) {
    return Compiler.compile(
        compilation, request.real(), request.stored(), request.widths(), tuning, seed);
  }

  private static Map<String, NativeTensor> drawn(CompiledModel compiled, long seed) {
    Map<String, NativeTensor> parameters = new LinkedHashMap<>();
    for (ParameterDescription parameter : compiled.description().parameters()) {
      NativeTensor tensor =
          NativeTensor.allocate(
              Arena.ofAuto(), compiled.description().real(), parameter.shapeAfter());
      Initialiser.fill(tensor, parameter, seed);
      parameters.put(parameter.path(), tensor);
    }
    return parameters;
  }

  /**
   * The names of checkpoints beside the definition, {@code retnet.names.json}, or beside the file
   * that declares the model.
   */
  private static NameMapping mapping(Path definition) {
    Path names = names(definition);
    if (!Files.exists(names)) {
      names = names(Compilation.fileOfModel(definition));
    }
    return Files.exists(names) ? NameMapping.read(names) : NameMapping.own();
  }

  private static Path names(Path definition) {
    String name = definition.getFileName().toString().replaceFirst("\\.ret$", "");
    return definition.resolveSibling(name + ".names.json");
  }

  private static SequencedMap<String, NativeTensor> constants(CompiledModel compiled) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    compiled
        .description()
        .constants()
        .forEach(constant -> {
          long[] shape = constant.shape().stream().mapToLong(Long::longValue).toArray();
          NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, shape);
          List<Double> values = compiled.constants().get(constant.path());
          for (int i = 0; i < values.size(); i++) {
            tensor.setDouble(i, values.get(i));
          }
          tensors.put(constant.path(), tensor);
        });
    return tensors;
  }

  /**
   * The same model with other weights, such as trained ones.
   *
   * @param tensors by path: all parameters, in the type that the model computes in; used as they
   *     are if they are stored so, else rounded or laid in blocks. Perhaps constants, too
   * @throws dev.retain.runtime.RetainException naming the first number that cannot be stored
   */
  public ModelBuilder withParameters(Map<String, NativeTensor> tensors) {
    SequencedMap<String, NativeTensor> all = new LinkedHashMap<>(weights);
    all.putAll(tensors);
    for (ParameterDescription parameter : compiled.description().parameters()) {
      all.putAll(StoredParameters.stored(parameter, tensors.get(parameter.path()), Arena.ofAuto()));
    }
    return new ModelBuilder(compilation, compiled.withoutSeed(), all, layout, tuning);
  }

  /**
   * The weights as other programs know them: under the names, and in the arrangement, in which they
   * were given, or else of the first layout beside the definition that can store this model; under
   * its own names if none can.
   *
   * @param definition the file of the model
   */
  public Exported export(Path definition) {
    SequencedMap<String, NativeTensor> rowMajor = new LinkedHashMap<>(weights);
    compiled.description().parameters().stream()
        .filter(parameter -> weights.containsKey(parameter.path()))
        .forEach(parameter -> rowMajor.put(parameter.path(), given(parameter)));
    return export(definition, rowMajor, compiled.description().constants());
  }

  /**
   * Gradients under the same names as the weights.
   *
   * @param gradients by the path of the parameter
   */
  public Exported exportGradients(Path definition, SequencedMap<String, NativeTensor> gradients) {
    return export(definition, gradients, List.of());
  }

  private Exported export(
      Path definition,
      SequencedMap<String, NativeTensor> tensors,
      List<ConstantDescription> constants) {
    List<Layout> layouts = layout.map(List::of).orElseGet(() -> mapping(definition).layouts());
    for (Layout names : layouts) {
      try {
        return new Exported(
            names.name(),
            names.export(tensors, compiled.description().parameters(), constants, Arena.ofAuto()));
      } catch (NamesException otherShape) {
        continue;
      }
    }
    return new Exported("retain", tensors);
  }

  /** Weights under the names of a layout. */
  public record Exported(String layout, SequencedMap<String, NativeTensor> tensors) {}

  /** The model in this process, for vectors of one of the widths that it was built for. */
  public RetainModel open(Width width, Engine engine) {
    return RetainModel.of(compiled.description(), weights, compiled.kernels().get(width), engine);
  }

  /**
   * The model with gradients in one of its forms. Its parameters are those given, or drawn from the
   * seed.
   *
   * @param form the name of a derived form, or of one that is written by hand
   * @param chunk the steps of a block, in forms that are cut into such
   * @param oneBlock whether each batch is one block, which begins at rest and which none follows:
   *     then nothing is computed of states that are 0
   * @param work the most bytes in which blocks keep their work for the way back
   * @param width the vectors of this machine
   * @throws dev.retain.runtime.RetainException if there is no such form, or weights are stored
   *     small
   */
  public Trainable openForTraining(
      String form, int chunk, boolean oneBlock, long work, Width width, Engine engine) {
    ModelDescription description = compiled.description();
    description.form(form);
    if (description.parameters().stream().anyMatch(ParameterDescription::isSmall)) {
      throw new RetainException(
          "%s stores its weights small, and what is rounded cannot be trained; build it for"
                  .formatted(description.name())
              + " training without that, and store the trained weights small");
    }
    CompiledTraining training =
        TrainingCompiler.compile(
            compilation, form, description.real(), oneBlock, width, tuning.trainingTilings());
    BlockGradientModel model =
        new BlockGradientModel(
            new BlockGradientModel.Parts(
                description,
                training.dense(),
                training.ragged(),
                new Kernels(training.kernels()),
                chunk,
                oneBlock,
                work),
            allConstants(),
            engine);
    for (ParameterDescription parameter : description.parameters()) {
      NativeTensor target = model.parameters().get(parameter.path());
      if (weights.containsKey(parameter.path())) {
        target.copyFrom(given(parameter));
      } else {
        Initialiser.fill(target, parameter, description.seed().orElseThrow());
      }
    }
    return new Trainable(model, training.operationsPerToken());
  }

  /** The numbers of a parameter that was given, row-major. */
  private NativeTensor given(ParameterDescription parameter) {
    return StoredParameters.widened(parameter, weights, Arena.ofAuto());
  }

  private Map<String, NativeTensor> allConstants() {
    Map<String, NativeTensor> constants = new LinkedHashMap<>();
    compiled
        .description()
        .constants()
        .forEach(constant -> constants.put(constant.path(), weights.get(constant.path())));
    return constants;
  }

  /**
   * A model that can be trained.
   *
   * @param operationsPerToken what training on one token takes, by the length of a block
   */
  public record Trainable(BlockGradientModel model, LongUnaryOperator operationsPerToken) {}

  /**
   * Writes the jar, whole or not at all.
   *
   * @param manifest further attributes, such as {@code Main-Class}
   * @param extras further entries
   */
  public void writeJar(
      Path target, Map<String, String> manifest, List<ModelJarContent.Extra> extras) {
    SequencedMap<String, byte[]> sources = new LinkedHashMap<>();
    compiled
        .sources()
        .forEach((name, text) -> sources.put(name, text.getBytes(StandardCharsets.UTF_8)));
    ModelJarWriter.write(
        target,
        new ModelJarContent(
            compiled.description(),
            weights,
            compiled.kernels(),
            sources,
            Optional.of(compiled.certificate().json()),
            manifest,
            extras));
  }
}
