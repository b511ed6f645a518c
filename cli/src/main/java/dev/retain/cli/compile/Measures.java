package dev.retain.cli.compile;

import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.compiler.Compilation;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.tensor.OperationCount;
import dev.retain.compiler.types.Model;
import dev.retain.compiler.types.Model.DeclaredAxis;
import dev.retain.runtime.engine.BoundProgram;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.TensorDescription;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sizes of a model that follow from its definition, for people and for programs. */
record Measures(Compilation compilation, List<Preset> presets) {
  private static final int CHUNK = 64;
  private static final int LENGTH = 512;
  private static final int FLOAT_BYTES = 4;

  private record Preset(String name, Compilation compilation) {
    long parameters() {
      return compilation.model().parameterCount();
    }

    long body() {
      return compilation.model().bodyParameterCount();
    }
  }

  /** What it takes to run a form in blocks of {@code length} tokens of one sequence. */
  private record Work(Form form, int length, String remark, long operations, long bytes) {}

  static Measures of(Compilation compilation, DefinitionOptions definition) {
    List<Preset> presets = new ArrayList<>();
    for (PresetDeclaration preset : compilation.program().presets(compilation.model().name())) {
      String name = preset.name().text();
      Map<String, String> settings = Map.of("preset", name);
      presets.add(new Preset(name, Compilation.of(definition.file(), settings)));
    }
    return new Measures(compilation, presets);
  }

  Map<String, Object> values() {
    Model model = compilation.model();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("diagnostics", List.of());
    values.put("model", model.name());
    values.put("hyperparameters", model.hyperparameters());
    values.put("axes", model.axes().stream().map(Measures::axis).toList());
    values.put("parameters", model.parameterCount());
    values.put("body_parameters", model.bodyParameterCount());
    values.put("state_elements", stateElements(compilation));
    values.put("state_bytes_f32", stateElements(compilation) * FLOAT_BYTES);
    values.put("operations_per_token", work().stream().map(Measures::work).toList());
    values.put("presets", presets.stream().map(Measures::preset).toList());
    return values;
  }

  private static Map<String, Object> axis(DeclaredAxis declared) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", declared.axis().name());
    values.put("size", declared.axis().size());
    values.put("owner", declared.owner());
    values.put("line", declared.span().line());
    return values;
  }

  private static Map<String, Object> work(Work work) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("form", work.form().text());
    values.put("length", work.length());
    values.put("operations", work.operations());
    values.put("memory_bytes_f32", work.bytes());
    return values;
  }

  private static Map<String, Object> preset(Preset preset) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", preset.name());
    values.put("parameters", preset.parameters());
    values.put("body_parameters", preset.body());
    values.put("state_elements", stateElements(preset.compilation()));
    return values;
  }

  void print(PrintStream out) {
    Model model = compilation.model();
    out.println(compilation.source() + ": " + model.name() + " is well-formed");
    Table hyperparameters = new Table("hyperparameter", "value");
    model.hyperparameters().forEach(hyperparameters::row);
    print(out, hyperparameters);
    Table axes = new Table("axis", "size", "declared by", "at");
    for (DeclaredAxis declared : model.axes()) {
      axes.row(
          declared.axis().name(),
          Quantity.count(declared.axis().size()),
          declared.owner(),
          declared.span());
    }
    print(out, axes);
    out.println();
    out.println("Parameters  " + Quantity.count(model.parameterCount()));
    out.println("  body      " + Quantity.count(model.bodyParameterCount()));
    long state = stateElements(compilation);
    out.println(
        "State       "
            + Quantity.count(state)
            + " numbers for each sequence, "
            + Quantity.bytes(state * FLOAT_BYTES)
            + " in f32");
    Table table = new Table("form", "operations per token", "memory (f32)", "");
    for (Work work : work()) {
      table.row(
          work.form(),
          Quantity.count(work.operations()),
          Quantity.bytes(work.bytes()),
          work.remark());
    }
    print(out, table);
    printPresets(out);
  }

  private static void print(PrintStream out, Table table) {
    if (!table.isEmpty()) {
      out.println();
      table.print(out);
    }
  }

  private void printPresets(PrintStream out) {
    Table table = new Table("preset", "parameters", "body", "", "state (f32)");
    for (Preset preset : presets) {
      table.row(
          preset.name(),
          Quantity.count(preset.parameters()),
          Quantity.count(preset.body()),
          Quantity.rounded(preset.body()),
          Quantity.bytes(stateElements(preset.compilation()) * FLOAT_BYTES));
    }
    print(out, table);
  }

  private List<Work> work() {
    List<Work> work = new ArrayList<>();
    for (Form form : compilation.forms()) {
      work.add(
          switch (form) {
            case RECURRENT -> work(form, 1, "one step after the other");
            case CHUNKWISE -> work(form, CHUNK, "in chunks of " + CHUNK);
            case PARALLEL ->
                work(form, LENGTH, LENGTH + " tokens at once; both grow with their number");
          });
    }
    return work;
  }

  private Work work(Form form, int length, String remark) {
    long operations = OperationCount.perToken(compilation.tensors(form, false), length);
    FormProgram program = compilation.program(form, false, ElementType.F32);
    return new Work(form, length, remark, operations, BoundProgram.bytes(program, 1, length));
  }

  private static long stateElements(Compilation compilation) {
    return compilation.states().stream().mapToLong(TensorDescription::size).sum();
  }
}
