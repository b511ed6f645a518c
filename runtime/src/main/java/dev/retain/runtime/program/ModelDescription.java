package dev.retain.runtime.program;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All about a compiled model but the values of its weights and the bytes of its kernels.
 *
 * @param format the version of this description, {@link #FORMAT}
 * @param source the file name of its definition
 * @param real the type of activations, states and all parameters that are not stored small: F32 or
 *     F64
 * @param hyperparameters as set, in the order of their declaration
 * @param vocabulary tokens are from 0 to this, exclusive
 * @param equivalences what was found out about the forms, one line each
 * @param statistics numbers for people, such as parameters or bytes of state, in order
 * @param compiler its version
 * @param seed from which parameters without stored values are initialised
 * @param chunk steps of a chunk, where a form has chunks and nobody asks for another length
 * @param tuning what was measured to choose that and the kernels' tiles, for people; empty if
 *     nothing was
 */
public record ModelDescription(
    int format,
    String name,
    String source,
    ElementType real,
    Map<String, String> hyperparameters,
    List<ParameterDescription> parameters,
    List<ConstantDescription> constants,
    List<StateDescription> states,
    int vocabulary,
    List<FormProgram> programs,
    List<String> equivalences,
    Map<String, Long> statistics,
    String compiler,
    OptionalLong seed,
    int chunk,
    Optional<String> tuning) {
  /** Steps of a chunk if nothing was measured. */
  public static final int USUAL_CHUNK = 64;

  /** The version that this runtime writes and reads. */
  public static final int FORMAT = 4;

  public ModelDescription {
    hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
    parameters = List.copyOf(parameters);
    constants = List.copyOf(constants);
    states = List.copyOf(states);
    programs = List.copyOf(programs);
    equivalences = List.copyOf(equivalences);
    statistics = Collections.unmodifiableMap(new LinkedHashMap<>(statistics));
    if (real != ElementType.F32 && real != ElementType.F64) {
      throw new IllegalArgumentException("a model computes in F32 or F64");
    }
    if (seed.isPresent() && parameters.stream().anyMatch(ParameterDescription::isSmall)) {
      throw new IllegalArgumentException("what is stored small is stored, not drawn from a seed");
    }
    if (chunk < 1) {
      throw new IllegalArgumentException("a chunk has at least one step, not " + chunk);
    }
    if (vocabulary < 1) {
      throw new IllegalArgumentException("a vocabulary has at least one token, not " + vocabulary);
    }
  }

  /** The same of a model all of whose parameters are stored. */
  public ModelDescription withoutSeed() {
    return new ModelDescription(
        format,
        name,
        source,
        real,
        hyperparameters,
        parameters,
        constants,
        states,
        vocabulary,
        programs,
        equivalences,
        statistics,
        compiler,
        OptionalLong.empty(),
        chunk,
        tuning);
  }

  /** The parameters as they lie in memory: behind those that have scales, their scales. */
  public List<ParameterDescription> stored() {
    return parameters.stream()
        .flatMap(one -> Stream.concat(Stream.of(one), one.scale().stream()))
        .toList();
  }

  /** What a program carries from block to block. */
  public List<StateDescription> statesOf(FormProgram program) {
    return program.isWrittenByHand() ? program.states() : states;
  }

  /**
   * Steps of a chunk of a program, where nobody asks for another length. What a form computes that
   * is written by hand may depend on it, so there it does not depend on what was measured.
   */
  public int chunkOf(FormProgram program) {
    return program.isWrittenByHand() ? USUAL_CHUNK : chunk;
  }

  /** The program of a form, if the model was compiled with it. */
  public Optional<FormProgram> program(Form form, boolean ragged) {
    return program(form.text(), ragged);
  }

  /** The program of a form of that name, derived or written by hand. */
  public Optional<FormProgram> program(String form, boolean ragged) {
    return programs.stream()
        .filter(program -> program.name().equals(form) && program.ragged() == ragged)
        .findFirst();
  }

  /**
   * The program of that form for whole sequences.
   *
   * @throws RetainException naming the forms that there are, if it is none of them
   */
  public FormProgram form(String name) {
    return program(name, false)
        .orElseThrow(() ->
            new RetainException(
                "the model "
                    + this.name
                    + " has no form '"
                    + name
                    + "'; choose one of: "
                    + programs.stream()
                        .filter(program -> !program.ragged())
                        .map(FormProgram::name)
                        .collect(Collectors.joining(", "))));
  }
}
