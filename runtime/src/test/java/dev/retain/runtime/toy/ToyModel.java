package dev.retain.runtime.toy;

import dev.retain.runtime.RetainModel;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.kernel.Kernel;
import dev.retain.runtime.kernel.KernelSource;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.ConstantDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Initial;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.StateDescription;
import dev.retain.runtime.program.StepDescription;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SequencedMap;

/**
 * A model made by hand: for each token of the vocabulary, a sum of weights that fades with gamma.
 * It computes in the same order in every form, so that all results are the same to the bit.
 */
public final class ToyModel {
  public static final int VOCABULARY = 5;
  public static final double INITIAL = 0.25;
  public static final double GAMMA = 0.9;

  private static final double[] WEIGHT = {0.5, -1, 2, 0.1, 3};

  private ToyModel() {}

  /** On an engine, with the kernels above. */
  public static RetainModel on(Engine engine) {
    return on(engine, ToyModel::kernel);
  }

  public static RetainModel on(Engine engine, KernelSource kernels) {
    return RetainModel.of(description(OptionalLong.empty()), weights(), kernels, engine);
  }

  public static Kernel kernel(String className) {
    return switch (className.substring(className.lastIndexOf('.') + 1)) {
      case "FillDecay" -> new FillDecay();
      case "Embed" -> new Embed();
      case "Scan" -> new Scan();
      case "ReadOut" -> new ReadOut();
      default -> throw new IllegalArgumentException(className);
    };
  }

  public static SequencedMap<String, NativeTensor> weights() {
    SequencedMap<String, NativeTensor> weights = new LinkedHashMap<>();
    NativeTensor weight = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, VOCABULARY);
    for (int token = 0; token < VOCABULARY; token++) {
      weight.setDouble(token, WEIGHT[token]);
    }
    weights.put("weight", weight);
    NativeTensor gamma = NativeTensor.allocate(Arena.ofAuto(), ElementType.F64);
    gamma.fill(GAMMA);
    weights.put("gamma", gamma);
    return weights;
  }

  public static ModelDescription description(OptionalLong seed) {
    return description("Toy", "dev.retain.runtime.toy", seed);
  }

  public static ModelDescription description(String name, String kernels, OptionalLong seed) {
    List<FormProgram> programs = new ArrayList<>();
    for (Form form : Form.values()) {
      programs.add(program(form, false, kernels));
      programs.add(program(form, true, kernels));
    }
    return new ModelDescription(
        ModelDescription.FORMAT,
        name,
        "toy.ret",
        ElementType.F64,
        Map.of("vocab", "5"),
        List.of(
            new ParameterDescription(
                "weight", List.of((long) VOCABULARY), List.of("vocab"), new Initial.Uniform(1))),
        List.of(new ConstantDescription("gamma", List.of(), List.of())),
        List.of(new StateDescription("sum", List.of((long) VOCABULARY), List.of("vocab"), INITIAL)),
        VOCABULARY,
        programs,
        List.of(),
        Map.of("parameters", (long) VOCABULARY),
        "test",
        seed,
        ModelDescription.USUAL_CHUNK,
        Optional.empty());
  }

  private static FormProgram program(Form form, boolean ragged, String kernels) {
    int time = form == Form.RECURRENT ? 0 : 1;
    List<BufferDescription> buffers = new ArrayList<>();
    buffers.add(buffer("weight", Role.PARAMETER, Size.fixed(VOCABULARY), 0));
    buffers.add(buffer("gamma", Role.CONSTANT, Size.fixed(1), 0));
    buffers.add(
        new BufferDescription(
            Inputs.TOKEN, Role.INPUT, ElementType.I64, new Size(1, 1, time), 0, 0));
    buffers.add(buffer(Inputs.POSITION, Role.INPUT, new Size(1, 1, 0), 0));
    buffers.add(buffer("sum", Role.STATE, new Size(VOCABULARY, 1, 0), 0));
    buffers.add(buffer("sum", Role.NEXT_STATE, new Size(VOCABULARY, 1, 0), 0));
    buffers.add(buffer("logits", Role.OUTPUT, new Size(VOCABULARY, 1, time), 0));
    buffers.add(buffer("table", Role.STATIC, new Size(1, 0, time), 0));
    buffers.add(buffer("x", Role.SCRATCH, new Size(1, 1, time), 1));
    buffers.add(buffer("sums", Role.SCRATCH, new Size(VOCABULARY, 1, time), 2));
    buffers.add(buffer(Inputs.VALID, Role.INPUT, new Size(1, 1, time), 0));
    buffers.add(buffer(Inputs.SEGMENT, Role.INPUT, new Size(1, 1, time), 0));
    buffers.add(buffer(Inputs.CLOCK, Role.INPUT, new Size(1, 1, time), 0));
    buffers.add(buffer(Inputs.CLOCK_END, Role.INPUT, new Size(1, 1, 0), 0));
    buffers.add(buffer(Inputs.SEGMENT_END, Role.INPUT, new Size(1, 1, 0), 0));
    return new FormProgram(
        form,
        ragged,
        ragged ? buffers : buffers.subList(0, 10),
        List.of(
            new StepDescription(
                kernels + ".FillDecay", List.of(1, 7), Barrier.NONE, 0, true, "table"),
            new StepDescription(
                kernels + ".Embed", List.of(0, 2, 8), Barrier.NONE, 0, false, "embed"),
            new StepDescription(
                kernels + ".Scan",
                ragged ? List.of(7, 2, 8, 4, 5, 9, 10, 11) : List.of(7, 2, 8, 4, 5, 9),
                Barrier.ALWAYS,
                0,
                false,
                "scan"),
            new StepDescription(
                kernels + ".ReadOut",
                ragged ? List.of(9, 3, 6, 12, 13, 14) : List.of(9, 3, 6),
                Barrier.ALWAYS,
                0,
                false,
                "read out")));
  }

  private static BufferDescription buffer(String name, Role role, Size size, int firstStep) {
    return new BufferDescription(name, role, ElementType.F64, size, firstStep, firstStep + 1);
  }

  public static int[][] tokens(long seed, int batch, int time) {
    Random random = new Random(seed);
    int[][] tokens = new int[batch][];
    for (int row = 0; row < batch; row++) {
      tokens[row] = random.ints(time, 0, VOCABULARY).toArray();
    }
    return tokens;
  }

  /** The logits after each token of one sequence from its beginning, [time][vocabulary]. */
  public static double[][] expected(int... tokens) {
    double[] sums = new double[VOCABULARY];
    Arrays.fill(sums, INITIAL);
    double[][] logits = new double[tokens.length][VOCABULARY];
    for (int step = 0; step < tokens.length; step++) {
      for (int column = 0; column < VOCABULARY; column++) {
        double added = tokens[step] == column ? WEIGHT[column] : 0;
        sums[column] = GAMMA * sums[column] + added;
        logits[step][column] = sums[column] + (step + 1.0) / 1000;
      }
    }
    return logits;
  }
}
