package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.interpreter.Results;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.State;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Width;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every kernel computes what the interpreter does: one block of each form, dense and ragged, from a
 * state that is not at rest, for every type and width of vectors.
 */
class OracleTest {
  private static final int STEPS_BEFORE = 3;

  private final Random random = new Random(5);

  @ParameterizedTest
  @CsvSource({
    // Nothing is a multiple of a vector: K = 6, V = 5.
    "F64, 2, 19, retnet.ret, vocab=97 d=12 value=10 ffn=7 heads=2 layers=2 eps=0.01"
        + " activation=gelu",
    "F32, 2, 19, retnet.ret, vocab=97 d=12 value=10 ffn=7 heads=2 layers=2 eps=0.01"
        + " activation=relu",
    // Whole vectors and tiles, and what is left over of them.
    "F64, 1, 70, retnet.ret, vocab=67 d=36 value=34 ffn=37 heads=2 layers=1 eps=0.01"
        + " embed_norm=true",
    "F32, 1, 70, retnet.ret, vocab=67 d=36 value=34 ffn=37 heads=2 layers=1 eps=0.01"
        + " embed_scale=true",
    // As little as there can be.
    "F64, 3, 2,  retnet.ret, vocab=2 d=2 value=1 ffn=1 heads=1 layers=1 eps=0.01",
    "F32, 3, 1,  retnet.ret, vocab=2 d=2 value=1 ffn=1 heads=1 layers=1 eps=0.01",
    // Layer norms, biases and plain feed-forward networks.
    "F64, 2, 19, retnet-paper.ret, vocab=41 d=12 value=10 ffn=7 heads=2 layers=1 eps=0.01",
    "F32, 2, 19, retnet-paper.ret, vocab=41 d=12 value=10 ffn=7 heads=2 layers=1 eps=0.01",
    // Nothing left over.
    "F32, 3, 64, retnet.ret, vocab=64 d=64 value=128 ffn=64 heads=4 layers=1 eps=0.01",
    // Matrices in blocks of columns, and some that do not fill them: of one row, of a few, of so
    // many, for large matrices, that tiles are high, and of so many that blocks are packed.
    "F32, 1, 20, retnet.ret, vocab=48 d=96 value=80 ffn=112 heads=2 layers=1 eps=0.01",
    "F64, 5, 7,  retnet.ret, vocab=48 d=64 value=80 ffn=100 heads=2 layers=1 eps=0.01",
    "F32, 9, 5,  retnet.ret, vocab=48 d=256 value=64 ffn=272 heads=2 layers=1 eps=0.01",
    "F64, 8, 5,  retnet.ret, vocab=48 d=256 value=64 ffn=272 heads=2 layers=1 eps=0.01",
    "F32, 31, 2, retnet.ret, vocab=48 d=256 value=64 ffn=272 heads=2 layers=1 eps=0.01",
    "F32, 33, 2, retnet.ret, vocab=48 d=256 value=64 ffn=272 heads=2 layers=1 eps=0.01",
  })
  void everyKernelComputesWhatTheInterpreterDoes(
      ElementType real, int batch, int time, String file, String settings) {
    agrees(real, real, batch, time, file, settings);
  }

  /** The interpreter gets the numbers that the stored ones stand for. */
  @ParameterizedTest
  @CsvSource({
    "I8,   2, 19, retnet.ret, vocab=97 d=12 value=10 ffn=7 heads=2 layers=2 eps=0.01",
    "BF16, 2, 19, retnet.ret, vocab=97 d=12 value=10 ffn=7 heads=2 layers=2 eps=0.01",
    "I8,   2, 19, retnet-paper.ret, vocab=41 d=12 value=10 ffn=7 heads=2 layers=1 eps=0.01",
    // Matrices in blocks of columns.
    "I8,   3, 40, retnet.ret, vocab=64 d=64 value=128 ffn=192 heads=4 layers=1 eps=0.01",
    "BF16, 3, 40, retnet.ret, vocab=64 d=64 value=128 ffn=192 heads=4 layers=1 eps=0.01",
    "I8,   16, 3, retnet.ret, vocab=64 d=512 value=64 ffn=576 heads=2 layers=1 eps=0.01",
    "BF16, 13, 3, retnet.ret, vocab=64 d=512 value=64 ffn=320 heads=2 layers=1 eps=0.01",
    // Matrices that one row goes through as a stream, since they cannot lie in blocks.
    "I8,   1, 20, retnet.ret, vocab=64 d=512 value=64 ffn=530 heads=2 layers=1 eps=0.01",
  })
  void weightsThatAreStoredSmallAreWhatTheyStandFor(
      ElementType stored, int batch, int time, String file, String settings) {
    agrees(ElementType.F32, stored, batch, time, file, settings);
  }

  private void agrees(
      ElementType real, ElementType stored, int batch, int time, String file, String settings) {
    List<Width> widths = List.of(Width.values());
    ModelBuilder builder = Definitions.build(file, settings, real, stored, widths);
    Compilation compilation = Compilation.of(Path.of(file), Definitions.settings(settings));
    for (Width width : widths) {
      try (RetainModel model = builder.open(width, Engine.shared())) {
        model.description().parameters().stream()
            .filter(ParameterDescription::isPlain)
            .forEach(parameter -> scatter(model.parameters().get(parameter.path())));
        for (Form form : Form.values()) {
          int length = form == Form.RECURRENT ? 1 : time;
          for (boolean ragged : List.of(false, true)) {
            assertThatItAgrees(
                compilation, model, Block.of(random, model, form, ragged, batch, length));
          }
        }
      }
    }
  }

  /** So that no norm's weight is 1, and no bias 0. */
  private void scatter(INDArray parameter) {
    for (long i = 0; i < parameter.length(); i++) {
      parameter.putScalar(i, parameter.getDouble(i) + 0.2 * random.nextGaussian());
    }
  }

  private static void assertThatItAgrees(Compilation compilation, RetainModel model, Block block) {
    int batch = block.tokens.length;
    try (Session session = model.newSession(batch)) {
      int vocabulary = model.description().vocabulary();
      session.run(
          Definitions.tokens(new Random(3), batch, STEPS_BEFORE, vocabulary),
          Form.RECURRENT,
          RunOptions.DEFAULT);
      Results expected =
          Interpreter.run(
              compilation.tensors(block.form, block.ragged),
              block.bindings(model, session.state()));
      NativeTensor logits = session.run(block.tokens, block.form, block.options());

      double tolerance = model.description().real() == ElementType.F64 ? 1e-13 : 3e-5;
      assertThat(Differences.relative(logits, NativeTensor.of(expected.output())))
          .as("logits, %s", block)
          .isLessThan(tolerance);
      session
          .state()
          .tensors()
          .forEach((path, state) ->
              assertThat(
                      Differences.relative(state, NativeTensor.of(expected.nextStates().get(path))))
                  .as("%s, %s", path, block)
                  .isLessThan(tolerance));
    }
  }

  /** What one run of a program reads: padding and resets are all true and all false if dense. */
  private record Block(
      Form form, boolean ragged, int[][] tokens, boolean[][] mask, boolean[][] resets) {
    static Block of(
        Random random, RetainModel model, Form form, boolean ragged, int batch, int time) {
      int[][] tokens = Definitions.tokens(random, batch, time, model.description().vocabulary());
      boolean[][] mask = new boolean[batch][time];
      boolean[][] resets = new boolean[batch][time];
      for (int row = 0; row < batch; row++) {
        for (int step = 0; step < time; step++) {
          mask[row][step] = !ragged || random.nextInt(3) > 0;
          resets[row][step] = ragged && random.nextInt(8) == 0;
        }
      }
      // At least one, or the dense program would run.
      mask[0][0] = !ragged;
      return new Block(form, ragged, tokens, mask, resets);
    }

    RunOptions options() {
      RunOptions options = RunOptions.DEFAULT.withChunk(tokens[0].length);
      return ragged ? options.withMask(mask).withResets(resets) : options;
    }

    Bindings bindings(RetainModel model, State state) {
      int batch = tokens.length;
      int time = tokens[0].length;
      double[][] clock = new double[batch][time];
      double[][] segment = new double[batch][time];
      double[][] valid = new double[batch][time];
      for (int row = 0; row < batch; row++) {
        for (int step = 0; step < time; step++) {
          valid[row][step] = mask[row][step] ? 1 : 0;
          clock[row][step] = valid[row][step] + (step == 0 ? 0 : clock[row][step - 1]);
          segment[row][step] =
              (resets[row][step] ? 1 : 0) + (step == 0 ? 0 : segment[row][step - 1]);
        }
      }
      Map<String, INDArray> inputs = new HashMap<>();
      inputs.put(Inputs.TOKEN, steps(Nd4j.createFromArray(tokens)));
      inputs.put(Inputs.POSITION, Nd4j.valueArrayOf(new long[] {batch}, STEPS_BEFORE));
      inputs.put(Inputs.CLOCK, steps(Nd4j.createFromArray(clock)));
      inputs.put(Inputs.SEGMENT, steps(Nd4j.createFromArray(segment)));
      inputs.put(Inputs.VALID, steps(Nd4j.createFromArray(valid)));
      inputs.put(Inputs.CLOCK_END, last(clock));
      inputs.put(Inputs.SEGMENT_END, last(segment));
      Map<String, INDArray> states = new HashMap<>();
      state.tensors().forEach((path, tensor) -> states.put(path, tensor.array()));
      Map<String, INDArray> weights = new HashMap<>();
      model
          .description()
          .constants()
          .forEach(constant ->
              weights.put(constant.path(), model.weights().get(constant.path()).array()));
      weights.putAll(model.parameters());
      return new Bindings(batch, time, weights, inputs, states);
    }

    /** The recurrent form has no axis of time. */
    private INDArray steps(INDArray values) {
      return form == Form.RECURRENT ? values.reshape(tokens.length) : values;
    }

    private static INDArray last(double[][] values) {
      return Nd4j.createFromArray(
          Arrays.stream(values).mapToDouble(row -> row[row.length - 1]).toArray());
    }

    @Override
    public String toString() {
      return "%s%s of %d x %d"
          .formatted(form, ragged ? ", ragged" : "", tokens.length, tokens[0].length);
    }
  }
}
