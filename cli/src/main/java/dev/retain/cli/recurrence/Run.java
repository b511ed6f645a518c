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
import dev.retain.runtime.RecurrenceRun;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
    Map<String, NativeTensor> before = new LinkedHashMap<>();
    brought
        .states(states.size())
        .forEach((place, tensor) ->
            before.put(
                states.get(place).path(), before(place, states.get(place), tensor, brought)));
    RecurrenceRun.Result result =
        new RecurrenceRun(
                description, always, compiled.compiled().kernels().get(width), Engine.shared())
            .run(
                form.form(),
                form.chunk(),
                steps,
                compiled.asKept(before),
                brought.batch(),
                brought.time());
    SequencedMap<String, NativeTensor> results = new LinkedHashMap<>();
    results.put("out", output(result.output(), compiled));
    Map<String, NativeTensor> after = compiled.asWritten(result.states(), brought.time());
    for (int s = 0; s < states.size(); s++) {
      String place = "ht." + s;
      Optional.ofNullable(after.get(states.get(s).path()))
          .ifPresent(tensor -> results.put(place, tensor));
    }
    return results;
  }

  private NativeTensor before(
      int place, RecurrenceCall.State state, NativeTensor tensor, RecurrenceInputs brought) {
    long[] shape =
        LongStream.concat(
                LongStream.of(brought.batch()), state.axes().stream().mapToLong(Axis::size))
            .toArray();
    if (Arrays.stream(shape).reduce(1, (a, b) -> a * b) != tensor.size()) {
      throw new RetainException(
          "%s: in.h%d should have the shape %s, and is %s"
              .formatted(inputs, place, Arrays.toString(shape), tensor));
    }
    return NativeTensor.over(tensor.segment(), tensor.type(), shape);
  }

  /** Batch, time, heads and then what a step's output has, in the order of the file. */
  private NativeTensor output(NativeTensor output, CompiledRecurrence compiled) {
    List<Axis> lying = compiled.outputAxes();
    List<Axis> wanted = new ArrayList<>(compiled.call().mapped());
    wanted.retainAll(lying);
    compiled.call().body().node(compiled.call().output()).axes().stream()
        .filter(axis -> !wanted.contains(axis))
        .forEach(wanted::add);
    long[] shape =
        LongStream.concat(
                LongStream.of(output.shape()[0], output.shape()[1]),
                lying.stream().mapToLong(Axis::size))
            .toArray();
    List<Integer> order = new ArrayList<>(List.of(0, 1));
    wanted.forEach(axis -> order.add(2 + lying.indexOf(axis)));
    NativeTensor shaped = NativeTensor.over(output.segment(), output.type(), shape);
    return layout.toFile(StepLayout.permuted(shaped, order));
  }
}
