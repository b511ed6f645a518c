package dev.retain.compiler.fuzz;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.interpreter.Results;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.RecurrenceGradients;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Gradients;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of {@code sum(out * dout) + sum(ht * dht)} of one random case, by everything that
 * it is given: those of the recurrent form against finite differences of the interpreted steps, and
 * those of the other forms against those of the recurrent one.
 */
final class RandomGradients {
  private static final double OF_DIFFERENCES = 1e-8;
  private static final double OF_FORMS = 1e-9;

  /** Short enough for read-outs that bend sharply, such as ratios of states that grow. */
  private static final double STEP = 1e-4;

  private final RandomCase random;
  private final Results results;
  private final NativeTensor flowing;
  private final Map<String, NativeTensor> flowingToStates = new LinkedHashMap<>();

  RandomGradients(RandomCase random) {
    this.random = random;
    this.results = random.interpreted(random.inputs(), random.states());
    this.flowing = random.tensor(results.output().shape());
    for (RecurrenceCall.State state : random.recurrent().call().states()) {
      if (random.random().nextBoolean()) {
        flowingToStates.put(state.path(), random.tensor(random.shape(state)));
      }
    }
  }

  /**
   * @return how many forms agree
   * @throws CompileException if there is the recurrent form alone, whose gradients are right
   */
  int check() {
    SequencedMap<String, NativeTensor> expected = gradients(random.recurrent(), 1);
    compareWithDifferences(expected);
    int time = random.time();
    compare("parallel", gradients(random.compile(Form.PARALLEL), time), expected);
    CompiledRecurrence chunkwise = random.compile(Form.CHUNKWISE);
    for (int longest : new int[] {time, 4}) {
      int chunk = 1 + random.random().nextInt(longest);
      compare("chunks of " + chunk + " of " + time, gradients(chunkwise, chunk), expected);
    }
    return 4;
  }

  private SequencedMap<String, NativeTensor> gradients(CompiledRecurrence compiled, int chunk) {
    RecurrenceGradients.Point point =
        new RecurrenceGradients.Point(
            random.inputs(true),
            random.states(),
            flowing,
            flowingToStates,
            random.batch(),
            random.time());
    return compiled.gradientsAt(random.inputs(false), point, chunk, Engine.shared());
  }

  private static void compare(
      String place,
      SequencedMap<String, NativeTensor> actual,
      SequencedMap<String, NativeTensor> expected) {
    expected.forEach((name, gradient) ->
        RecurrenceFuzzTest.same(
            place + ", gradient of " + name, actual.get(name), gradient, OF_FORMS));
  }

  /** Along one direction for all at once; if that fails, it says for which tensor. */
  private void compareWithDifferences(SequencedMap<String, NativeTensor> gradients) {
    Map<String, NativeTensor> places = new LinkedHashMap<>(random.inputs());
    for (RecurrenceCall.State state : random.recurrent().call().states()) {
      places.put(
          Gradients.ofState(state.path()),
          random.states().getOrDefault(state.path(), initial(state)));
    }
    Map<String, NativeTensor> directions = new LinkedHashMap<>();
    places.forEach((name, tensor) -> directions.put(name, random.tensor(tensor.shape())));
    if (error(gradients, places, directions) <= OF_DIFFERENCES) {
      return;
    }
    StringBuilder wrong = new StringBuilder("gradients are not those of finite differences:");
    directions.forEach((name, direction) ->
        wrong.append(
            " %s %.1e".formatted(name, error(gradients, places, Map.of(name, direction)))));
    throw new AssertionError(wrong.toString());
  }

  private double error(
      Map<String, NativeTensor> gradients,
      Map<String, NativeTensor> places,
      Map<String, NativeTensor> directions) {
    double sum = 0;
    double size = 1;
    for (Map.Entry<String, NativeTensor> direction : directions.entrySet()) {
      NativeTensor gradient = gradients.get(direction.getKey());
      for (long i = 0; i < gradient.size(); i++) {
        double product = gradient.getDouble(i) * direction.getValue().getDouble(i);
        sum += product;
        size += Math.abs(product);
      }
    }
    double difference =
        (8 * (loss(places, directions, STEP) - loss(places, directions, -STEP))
                - (loss(places, directions, 2 * STEP) - loss(places, directions, -2 * STEP)))
            / (12 * STEP);
    double error = Math.abs(sum - difference) / size;
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  private double loss(
      Map<String, NativeTensor> places, Map<String, NativeTensor> directions, double step) {
    Map<String, NativeTensor> inputs = new LinkedHashMap<>();
    Map<String, NativeTensor> states = new LinkedHashMap<>();
    places.forEach((name, tensor) -> {
      NativeTensor moved = tensor.copyOf(Arena.ofAuto());
      NativeTensor direction = directions.get(name);
      for (long i = 0; direction != null && i < moved.size(); i++) {
        moved.setDouble(i, moved.getDouble(i) + step * direction.getDouble(i));
      }
      if (random.inputs().containsKey(name)) {
        inputs.put(name, moved);
      } else {
        states.put(name.substring(Gradients.STATE.length()), moved);
      }
    });
    Results moved = random.interpreted(inputs, states);
    double sum = product(moved.output(), flowing);
    for (Map.Entry<String, NativeTensor> state : flowingToStates.entrySet()) {
      sum += product(moved.nextStates().get(state.getKey()), state.getValue());
    }
    return sum;
  }

  private static double product(INDArray array, NativeTensor flowing) {
    NativeTensor values = NativeTensor.of(array.dup('c'));
    double sum = 0;
    for (long i = 0; i < values.size(); i++) {
      sum += values.getDouble(i) * flowing.getDouble(i);
    }
    return sum;
  }

  private NativeTensor initial(RecurrenceCall.State state) {
    NativeTensor tensor =
        NativeTensor.allocate(Arena.ofAuto(), ElementType.F64, random.shape(state));
    tensor.fill(state.initial());
    return tensor;
  }
}
