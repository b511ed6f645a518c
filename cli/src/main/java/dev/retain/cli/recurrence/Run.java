package dev.retain.cli.recurrence;

import dev.retain.cli.compile.TypeOption;
import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.run.FormOptions;
import dev.retain.compiler.CompiledRecurrence;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RecurrenceGradients;
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Gradients;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a recurrence by itself on inputs of a file. */
@Command(
    name = "run",
    description = {
      "Run a recurrence by itself, on inputs from a file.",
      "",
      "Files are safetensors. IN has a tensor in.NAME for each input of the recurrence, and may"
          + " have the states before the first step, in.h0, in.h1, ... [batch, ...]. LETTERS is the"
          + " order of the axes of inputs that differ from step to step: B batch, T time, H heads,"
          + " D all others. Constants and parameters have their declared axes, with the heads in"
          + " front where each head has its own. OUT gets 'out', in the same order, and the states"
          + " after the last step as the equations speak of them, ht.0, ht.1, ...",
      "",
      "With --gradients IN also has 'dout', in the shape of out, and may have dht.0, dht.1, ...;"
          + " OUT then also gets grad.NAME of every input and grad.h0, grad.h1, ..., the gradients"
          + " of sum(out * dout) + sum(ht * dht).",
    })
public final class Run implements Callable<Integer> {
  public static final String EXAMPLE =
      "models/recurrences/gla.ret --recurrence GatedLinearAttention --inputs in.safetensors"
          + " --layout BTHD --form chunkwise --out out.safetensors";

  private final Console console;

  @Mixin private CommonOptions common;
  @Mixin private FormOptions form;
  @Mixin private TypeOption type;

  @Parameters(paramLabel = "FILE.ret", description = "The definition of a recurrence.")
  private Path file;

  @Option(
      names = "--recurrence",
      required = true,
      paramLabel = "NAME",
      description = "The recurrence to run.")
  private String recurrence;

  @Option(names = "--inputs", required = true, paramLabel = "IN", description = "Its inputs.")
  private Path inputs;

  @Option(
      names = "--layout",
      required = true,
      paramLabel = "LETTERS",
      converter = StepLayout.Converter.class,
      description = "The order of the axes in the file, such as BTHD, BHTD, BTD or BDT.")
  private StepLayout layout;

  @Option(names = "--gradients", description = "Go back through the steps, too.")
  private boolean gradients;

  @Option(names = "--out", required = true, paramLabel = "OUT", description = "Where to write.")
  private Path out;

  public Run(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CompiledRecurrence.Declared declared = CompiledRecurrence.find(file, recurrence);
    try (SafetensorsFile stored = SafetensorsFile.open(inputs)) {
      RecurrenceInputs brought = new RecurrenceInputs(inputs, stored, layout, declared);
      Width width = MachineWidth.choose(recurrence, Set.of(Width.values()));
      CompiledRecurrence compiled =
          CompiledRecurrence.compile(
              declared, brought.arguments(), form.form(), type.real(), width);
      SequencedMap<String, NativeTensor> results = run(brought, compiled, width);
      SafetensorsWriter.write(out, results, Map.of());
      console.err().println(out + ": out " + results.get("out"));
    }
    return ExitCode.OK;
  }

  private SequencedMap<String, NativeTensor> run(
      RecurrenceInputs brought, CompiledRecurrence compiled, Width width) {
    Map<String, NativeTensor> always = new LinkedHashMap<>();
    Map<String, NativeTensor> steps = new LinkedHashMap<>();
    var description = compiled.compiled().description();
    brought
        .tensors()
        .forEach((path, tensor) -> {
          boolean stored =
              description.constants().stream().anyMatch(c -> c.path().equals(path))
                  || description.parameters().stream().anyMatch(p -> p.path().equals(path));
          (stored ? always : steps).put(path, tensor);
        });
    List<RecurrenceCall.State> states = compiled.call().states();
    Map<String, NativeTensor> before = ofStates("in.h", brought, states);
    Map<String, NativeTensor> kept = compiled.asKept(always, before);
    RecurrenceRun.Result result =
        new RecurrenceRun(
                description, always, compiled.compiled().kernels().get(width), Engine.shared())
            .run(
                form.form(),
                form.chunk(ModelDescription.USUAL_CHUNK),
                steps,
                kept,
                brought.batch(),
                brought.time());
    SequencedMap<String, NativeTensor> results = new LinkedHashMap<>();
    RecurrenceOutput output = new RecurrenceOutput(layout, compiled);
    results.put("out", output.toFile(result.output()));
    Map<String, NativeTensor> after = compiled.asWritten(always, result.states(), brought.time());
    putStates(results, "ht.", states, after);
    if (gradients) {
      RecurrenceGradients.Point point =
          new RecurrenceGradients.Point(
              steps,
              before,
              output.fromFile(brought.read("dout"), inputs),
              ofStates("dht.", brought, states),
              brought.batch(),
              brought.time());
      SequencedMap<String, NativeTensor> found =
          compiled.gradientsAt(
              always, point, form.chunk(ModelDescription.USUAL_CHUNK), Engine.shared());
      putGradients(results, brought, states, found);
    }
    return results;
  }

  private static void putGradients(
      SequencedMap<String, NativeTensor> results,
      RecurrenceInputs brought,
      List<RecurrenceCall.State> states,
      SequencedMap<String, NativeTensor> found) {
    brought
        .tensors()
        .keySet()
        .forEach(path ->
            results.put(
                path.replaceFirst("^in\\.", "grad."), brought.toFile(path, found.get(path))));
    Map<String, NativeTensor> ofStates = new LinkedHashMap<>();
    states.forEach(state ->
        Optional.ofNullable(found.get(Gradients.ofState(state.path())))
            .ifPresent(gradient -> ofStates.put(state.path(), gradient)));
    putStates(results, "grad.h", states, ofStates);
  }

  private static void putStates(
      SequencedMap<String, NativeTensor> results,
      String prefix,
      List<RecurrenceCall.State> states,
      Map<String, NativeTensor> tensors) {
    for (int s = 0; s < states.size(); s++) {
      String place = prefix + s;
      Optional.ofNullable(tensors.get(states.get(s).path()))
          .ifPresent(tensor -> results.put(place, tensor));
    }
  }

  private Map<String, NativeTensor> ofStates(
      String prefix, RecurrenceInputs brought, List<RecurrenceCall.State> states) {
    Map<String, NativeTensor> tensors = new LinkedHashMap<>();
    brought
        .states(prefix, states.size())
        .forEach((place, tensor) ->
            tensors.put(
                states.get(place).path(),
                ofState(prefix + place, states.get(place), tensor, brought)));
    return tensors;
  }

  private NativeTensor ofState(
      String name, RecurrenceCall.State state, NativeTensor tensor, RecurrenceInputs brought) {
    long[] shape =
        LongStream.concat(
                LongStream.of(brought.batch()), state.axes().stream().mapToLong(Axis::size))
            .toArray();
    if (Arrays.stream(shape).reduce(1, (a, b) -> a * b) != tensor.size()) {
      throw new RetainException(
          "%s: %s should have the shape %s, and is %s"
              .formatted(inputs, name, Arrays.toString(shape), tensor));
    }
    return NativeTensor.over(tensor.segment(), tensor.type(), shape);
  }
}
