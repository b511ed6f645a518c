package dev.retain.compiler.forms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.RecurrenceInterpreter;
import dev.retain.compiler.interpreter.Results;
import dev.retain.compiler.syntax.Item.TensorItem.Role;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.types.RecurrenceModel.Argument;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Exponents far beyond what a type can hold the exponentials of. */
class RunningMaximumTest {
  private static final Width WIDTH = MachineWidth.choose("maximum", Set.of(Width.values()));
  private static final int BATCH = 2;
  private static final int TIME = 37;
  private static final Map<String, Integer> SIZES = Map.of("K", 4, "V", 3, "D", 5, "C", 5);

  /** The inputs that are no exponents; decays must be below 0. */
  private static final List<String> SMALL = List.of("q", "v", "w", "u", "g");

  /** Forms that have been compiled: they do not depend on what is brought at each step. */
  private static final Map<String, CompiledRecurrence> COMPILED = new HashMap<>();

  private static final List<String> RECURRENCES =
      List.of(
          file("aft"),
          file("rwkv4"),
          """
          recurrence Normalised {
            axis  K, V
            in    q, k: [K], v: [V]
            state S: [K, V] = 0, z: [K] = 0
            S' = S + exp(k) * v
            z' = z + exp(k)
            out (q * q @ S') / (q * q @ z')
          }
          """,
          """
          recurrence Fading {
            axis  K, V
            in    q, k: [K], v: [V], g: []
            state S: [K, V] = 0, z: [K] = 0
            S' = exp(g) * S + exp(k) * v
            z' = exp(g) * z + exp(k)
            mean = sum(k over K) / K
            out (exp(q) @ S' + exp(mean) * v) / (exp(q) @ z' + exp(mean)) + sum(q over K)
          }
          """,
          """
          recurrence FadingChannels {
            axis  D
            in    k: [D], g: [D], v: [D]
            state p: [D] = 0, z: [D] = 0, t: [D] = 1
            p' = exp(g) * p + v / exp(k)
            z' = exp(g) * z + 2 / exp(k)
            t' = exp(g) * t + v
            out p / (z + z') + max(p' / z', 0) + t'
          }
          """,
          """
          recurrence TwoRatios {
            axis  D
            in    k: [D], q: [D], v: [D]
            state a: [D] = 0, b: [D] = 0, c: [D] = 0, d: [D] = 0
            a' = a + exp(k) * v
            b' = b + exp(k)
            c' = c + exp(20 * q) * v
            d' = d + exp(20 * q)
            out a' / b' + c' / d' * sqrt(b' / (b' + b))
          }
          """);

  private static String file(String name) {
    try {
      return Files.readString(RetFiles.root().resolve("models/recurrences/" + name + ".ret"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Stream<String> recurrences() {
    return RECURRENCES.stream();
  }

  /** One recurrence with inputs, and keys that are all moved by one number. */
  private static final class Case {
    private final String text;
    private final CompiledRecurrence.Declared declared;
    private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();
    private final Map<String, Argument> arguments = new LinkedHashMap<>();

    /**
     * @param keys the keys' largest size
     */
    Case(String text, double keys, double moved) {
      this.text = text;
      Matcher name = Pattern.compile("(?m)^recurrence (\\w+)").matcher(text);
      assertThat(name.find()).isTrue();
      declared = CompiledRecurrence.find(new Source("maximum.ret", text), name.group(1));
      Random random = new Random(1);
      for (var input : declared.inputs()) {
        List<Long> shape = new ArrayList<>();
        if (input.role() == Role.IN) {
          shape.addAll(List.of((long) BATCH, (long) TIME));
        }
        List<Integer> sizes = input.axes().stream().map(SIZES::get).toList();
        sizes.forEach(size -> shape.add((long) size));
        NativeTensor tensor =
            NativeTensor.allocate(
                Arena.ofAuto(),
                ElementType.F64,
                shape.stream().mapToLong(Long::longValue).toArray());
        for (long i = 0; i < tensor.size(); i++) {
          // Whole numbers, so that what is moved is not rounded.
          double number = random.nextDouble() * 2 - 1;
          double value =
              SMALL.contains(input.name())
                  ? (float) (input.name().equals("v") ? number : number - 1)
                  : Math.rint(keys * number) + moved;
          tensor.setDouble(i, value);
        }
        inputs.put(input.path(), tensor);
        List<Double> values =
            LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList();
        arguments.put(input.name(), new Argument(List.of(), sizes, values));
      }
    }

    Results interpreted() {
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      declared
          .inputs()
          .forEach(input -> arrays.put(input.name(), inputs.get(input.path()).array()));
      RecurrenceCall call = compile(Form.RECURRENT, ElementType.F64).call();
      return RecurrenceInterpreter.run(call, new Bindings(BATCH, TIME, Map.of(), arrays, Map.of()));
    }

    CompiledRecurrence compile(Form form, ElementType type) {
      return COMPILED.computeIfAbsent(
          text + type + form,
          key -> CompiledRecurrence.compile(declared, arguments, form, type, WIDTH));
    }

    /** The outputs, and the states as written. */
    RecurrenceRun.Result run(
        CompiledRecurrence compiled, Form form, int chunk, Map<String, NativeTensor> states) {
      Map<String, NativeTensor> always = new LinkedHashMap<>();
      Map<String, NativeTensor> steps = new LinkedHashMap<>();
      declared
          .inputs()
          .forEach(input ->
              (input.role() == Role.IN ? steps : always)
                  .put(input.path(), inputs.get(input.path())));
      return new RecurrenceRun(
              compiled.compiled().description(),
              always,
              compiled.compiled().kernels().get(WIDTH),
              Engine.shared())
          .run(form, chunk, steps, states, BATCH, TIME);
    }
  }

  private record FormOf(Form form, int chunk) {}

  private static final List<FormOf> FORMS =
      List.of(
          new FormOf(Form.RECURRENT, 1),
          new FormOf(Form.PARALLEL, TIME),
          new FormOf(Form.CHUNKWISE, 1),
          new FormOf(Form.CHUNKWISE, 5),
          new FormOf(Form.CHUNKWISE, 16));

  private interface Check {
    void of(Case run, CompiledRecurrence compiled, RecurrenceRun.Result result, String place);
  }

  private static void inAllForms(Case run, ElementType type, Check check) {
    for (FormOf form : FORMS) {
      CompiledRecurrence compiled = run.compile(form.form(), type);
      RecurrenceRun.Result result = run.run(compiled, form.form(), form.chunk(), Map.of());
      check.of(run, compiled, result, type + " " + form);
    }
  }

  @ParameterizedTest
  @MethodSource("recurrences")
  void inFloat32(String text) {
    Case run = new Case(text, 300, 0);
    NativeTensor expected = NativeTensor.of(run.interpreted().output().dup('c'));
    for (double moved : List.of(0.0, 300.0, -300.0)) {
      inAllForms(
          new Case(text, 300, moved),
          ElementType.F32,
          (r, compiled, result, place) -> same(place, result.output(), expected, 1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("recurrences")
  void inFloat64(String text) {
    Results interpreted = new Case(text, 300, 0).interpreted();
    NativeTensor expected = NativeTensor.of(interpreted.output().dup('c'));
    for (double moved : List.of(0.0, 1700.0, -1700.0)) {
      inAllForms(
          new Case(text, 300, moved),
          ElementType.F64,
          (run, compiled, result, place) -> {
            same(place, result.output(), expected, 1e-12);
            if (moved == 0) {
              Map<String, NativeTensor> after =
                  compiled.asWritten(run.inputs, result.states(), TIME);
              interpreted
                  .nextStates()
                  .forEach((path, array) ->
                      same(
                          place + " " + path,
                          after.get(path),
                          NativeTensor.of(array.dup('c')),
                          1e-11));
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("recurrences")
  void keysThatNoNumberHoldsTheExponentialsOf(String text) {
    Case wide = new Case(text, 2000, 0);
    NativeTensor expected =
        wide.run(wide.compile(Form.RECURRENT, ElementType.F64), Form.RECURRENT, 1, Map.of())
            .output();
    for (ElementType type : List.of(ElementType.F64, ElementType.F32)) {
      double tolerance = type == ElementType.F64 ? 1e-12 : 1e-5;
      inAllForms(
          wide,
          type,
          (run, compiled, result, place) -> same(place, result.output(), expected, tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("recurrences")
  void statesThatAreWrittenAndReadAgain(String text) {
    for (double moved : List.of(0.0, -60.0)) {
      Case run = new Case(text, 20, moved);
      for (FormOf form : FORMS) {
        CompiledRecurrence compiled = run.compile(form.form(), ElementType.F64);
        RecurrenceRun.Result first = run.run(compiled, form.form(), form.chunk(), Map.of());
        Map<String, NativeTensor> written = compiled.asWritten(run.inputs, first.states(), TIME);
        Map<String, NativeTensor> kept = compiled.asKept(run.inputs, written);
        assertThat(kept.keySet()).containsAll(first.states().keySet());
        RecurrenceRun.Result going = run.run(compiled, form.form(), form.chunk(), first.states());
        RecurrenceRun.Result again = run.run(compiled, form.form(), form.chunk(), kept);
        same("again " + form, again.output(), going.output(), 1e-12);
      }
    }
  }

  /** What is no ratio, or is written otherwise, is kept as it is written. */
  @Test
  void onlyRatiosOfExponentialsAreKeptOtherwise() {
    String text = RECURRENCES.getFirst();
    assertThat(kept(text)).containsExactly("p", "z", "p.maximum");
    assertThat(kept(RECURRENCES.getLast()))
        .containsExactly("a", "b", "c", "d", "a.maximum", "c.maximum");
    assertThat(kept(text.replace("* p' / z'", "* p' / z' + z'"))).containsExactly("p", "z");
    assertThat(kept(text.replace("= z + exp(k)", "= z + 1 + exp(k)"))).containsExactly("p", "z");
    assertThat(kept(text.replace("p + exp(k)", "p + 0.1 * z + exp(k)"))).containsExactly("p", "z");
    assertThat(kept(text.replace("p' = p", "p' = exp(q) * p"))).containsExactly("p", "z");
    assertThat(kept(text.replace("z: [D] = 0", "z: [D] = 1"))).containsExactly("p", "z");
    assertThat(kept(text.replace("p' / z'", "p' / sum(abs(z') over D)"))).containsExactly("p", "z");
    assertThat(kept(text.replace("p' / z'", "p' / (z' + 1e-9)")))
        .containsExactly("p", "z", "p.maximum");
  }

  private static List<String> kept(String text) {
    Case run = new Case(text, 1, 0);
    return FormDerivation.kept(run.compile(Form.RECURRENT, ElementType.F64).call()).stream()
        .map(RecurrenceCall.State::name)
        .toList();
  }

  private static void same(
      String place, NativeTensor actual, NativeTensor expected, double tolerance) {
    double scale = 0;
    for (long i = 0; i < expected.size(); i++) {
      scale = Math.max(scale, Math.abs(expected.getDouble(i)));
    }
    assertThat(actual.size()).as(place).isEqualTo(expected.size());
    for (long i = 0; i < expected.size(); i++) {
      double difference = Math.abs(actual.getDouble(i) - expected.getDouble(i)) / scale;
      assertThat(difference).as("%s, element %d", place, i).isLessThanOrEqualTo(tolerance);
    }
  }
}
