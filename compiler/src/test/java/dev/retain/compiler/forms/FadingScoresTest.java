package dev.retain.compiler.forms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.RecurrenceInterpreter;
import dev.retain.compiler.interpreter.Results;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Decays of each key channel, of any sign and size and some of them 0, over more channels than are
 * summed at once and more steps than a vector has lanes.
 */
class FadingScoresTest {
  private static final int BATCH = 2;
  private static final int TIME = 45;
  private static final int HEADS = 2;
  private static final Map<String, Integer> SIZES = Map.of("K", 21, "V", 5);

  private static final String TEXT =
      """
      recurrence Faded {
        axis  K, V
        in    q, u, k, w: [K], v: [V]
        state S: [K, V] = 0
        S' = w * S + k * v
        out q @ S' + u @ S
      }
      """;

  private static final String DELTA =
      """
      recurrence Faded {
        axis  K, V
        in    q, u, k, w: [K], v: [V]
        state S: [K, V] = 0
        S' = w * S + 0.1 * k * (v - u @ S)
        out q @ S'
      }
      """;

  private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();
  private final Map<String, Argument> arguments = new LinkedHashMap<>();

  private CompiledRecurrence.Declared declared(String text) {
    CompiledRecurrence.Declared declared =
        CompiledRecurrence.find(new Source("faded.ret", text), "Faded");
    Random random = new Random(3);
    for (var input : declared.inputs()) {
      int size = SIZES.get(input.axes().getFirst());
      NativeTensor tensor =
          NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, BATCH, TIME, HEADS, size);
      for (long i = 0; i < tensor.size(); i++) {
        double number = random.nextDouble() * 2 - 1;
        boolean isZero = input.name().equals("w") && random.nextInt(40) == 0;
        tensor.setDouble(i, isZero ? 0 : input.name().equals("w") ? Math.cbrt(number) : number);
      }
      inputs.put(input.path(), tensor);
      arguments.put(
          input.name(), new Argument(List.of(Axis.of("head", HEADS)), List.of(size), List.of()));
    }
    return declared;
  }

  @ParameterizedTest
  @CsvSource({
    "W512, F64, 45", "W512, F32, 45", "W512, F32, 16", "W512, F64, 7",
    "W256, F64, 45", "W256, F32, 20", "W128, F64, 45", "W128, F32, 9",
    "SCALAR, F64, 45", "SCALAR, F32, 11",
  })
  void blocksAreWhatTheStepsAre(Width width, ElementType type, int chunk) {
    for (String text : List.of(TEXT, DELTA)) {
      CompiledRecurrence.Declared declared = declared(text);
      CompiledRecurrence compiled =
          CompiledRecurrence.compile(declared, arguments, Form.CHUNKWISE, type, width);
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      declared
          .inputs()
          .forEach(input -> arrays.put(input.name(), inputs.get(input.path()).array()));
      Results expected =
          RecurrenceInterpreter.run(
              compiled.call(), new Bindings(BATCH, TIME, Map.of(), arrays, Map.of()));
      RecurrenceRun.Result result =
          new RecurrenceRun(
                  compiled.compiled().description(),
                  Map.of(),
                  compiled.compiled().kernels().get(width),
                  Engine.shared())
              .run(Form.CHUNKWISE, chunk, inputs, Map.of(), BATCH, TIME);
      double tolerance = type == ElementType.F64 ? 1e-13 : 1e-5;
      same(result.output(), expected.output(), tolerance);
      List<NativeTensor> states = new ArrayList<>(result.states().values());
      same(states.getFirst(), expected.nextStates().values().iterator().next(), tolerance);
    }
  }

  private static void same(NativeTensor actual, INDArray array, double tolerance) {
    NativeTensor expected = NativeTensor.of(array.dup('c'));
    double scale = 0;
    for (long i = 0; i < expected.size(); i++) {
      scale = Math.max(scale, Math.abs(expected.getDouble(i)));
    }
    for (long i = 0; i < expected.size(); i++) {
      assertThat(Math.abs(actual.getDouble(i) - expected.getDouble(i)) / scale)
          .as("element %d", i)
          .isLessThan(tolerance);
    }
  }
}
