package dev.retain.cli.run;

import dev.retain.cli.console.Json;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.StepDescription;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.program.Width;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is in a model's jar, for people and for programs. */
record Summary(ModelDescription model, Set<Width> widths, Optional<String> certificate) {
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", model.name());
    values.put("source", model.source());
    values.put("format", model.format());
    values.put("compiler", model.compiler());
    values.put("dtype", dtype());
    values.put("vocabulary", model.vocabulary());
    values.put("chunk", model.chunk());
    model.tuning().ifPresent(measured -> values.put("tuning", measured));
    values.put("hyperparameters", model.hyperparameters());
    values.put("parameter_count", elements(model.parameters()));
    values.put("weights", model.seed().isPresent() ? "seed" : "stored");
    model.seed().ifPresent(seed -> values.put("seed", seed));
    values.put("parameters", model.parameters().stream().map(this::parameter).toList());
    values.put("constants", tensors(model.constants()));
    values.put("state_bytes", elements(model.states()) * model.real().bytes());
    values.put("states", tensors(model.states()));
    values.put("programs", model.programs().stream().map(Summary::program).toList());
    values.put("widths", widths.stream().map(Width::text).toList());
    values.put("equivalences", model.equivalences());
    certificate.ifPresent(json -> values.put("certificate", Json.read(json)));
    values.put("statistics", model.statistics());
    return values;
  }

  private Map<String, Object> parameter(ParameterDescription parameter) {
    Map<String, Object> values = tensor(parameter);
    values.put("stored", parameter.storage().text(model.real()));
    return values;
  }

  private static List<Map<String, Object>> tensors(List<? extends TensorDescription> tensors) {
    return tensors.stream().map(Summary::tensor).toList();
  }

  private static Map<String, Object> tensor(TensorDescription tensor) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("path", tensor.path());
    values.put("shape", tensor.shape());
    values.put("axes", tensor.axes());
    return values;
  }

  private static Map<String, Object> program(FormProgram program) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("form", program.name());
    values.put("ragged", program.ragged());
    values.put("steps", program.steps().size());
    values.put("kernels", kernels(program));
    return values;
  }

  void print(PrintStream out) {
    out.println(model.name() + ", from " + model.source());
    out.println(
        "  compiled by retain %s, format %d, %s, vocabulary %s"
            .formatted(
                model.compiler(), model.format(), dtype(), Quantity.count(model.vocabulary())));
    out.println(
        "  "
            + model
                .tuning()
                .map(measured -> "tuned: " + measured)
                .orElseGet(() -> "chunks of " + model.chunk() + ", not tuned"));
    printHyperparameters(out);
    printParameters(out);
    printTensors(out, "Constants", model.constants(), ElementType.F64);
    printTensors(out, "States of one sequence", model.states(), model.real());
    printForms(out);
    printLines(out, "Equivalence", model.equivalences());
    printLines(
        out,
        "Statistics",
        model.statistics().entrySet().stream()
            .map(entry -> entry.getKey() + ": " + Quantity.count(entry.getValue()))
            .toList());
  }

  private void printHyperparameters(PrintStream out) {
    printLines(
        out,
        "Hyperparameters",
        model.hyperparameters().entrySet().stream()
            .map(entry -> entry.getKey() + " = " + entry.getValue())
            .toList());
  }

  private String weights() {
    return model.seed().isPresent()
        ? ", drawn from the seed " + model.seed().getAsLong()
        : ", stored in the jar";
  }

  private void printParameters(PrintStream out) {
    long bytes =
        model.stored().stream()
            .mapToLong(one -> one.size() * one.storage().type(model.real()).bytes())
            .sum();
    printTitle(out, "Parameters", model.parameters(), bytes, weights());
    if (!model.parameters().isEmpty()) {
      Table table = new Table("path", "axes", "shape", "elements", "stored as");
      model
          .parameters()
          .forEach(one ->
              table.row(
                  one.path(),
                  one.axes(),
                  one.shape(),
                  Quantity.count(one.size()),
                  one.storage().text(model.real()) + scales(one)));
      table.print(out);
    }
  }

  private static String scales(ParameterDescription parameter) {
    return parameter
        .scale()
        .map(scale -> ", scales " + scale.axes() + ": " + Quantity.count(scale.size()))
        .orElse("");
  }

  private static void printTensors(
      PrintStream out, String title, List<? extends TensorDescription> tensors, ElementType type) {
    printTitle(out, title, tensors, elements(tensors) * type.bytes(), "");
    if (!tensors.isEmpty()) {
      Table table = new Table("path", "axes", "shape", "elements");
      tensors.forEach(tensor ->
          table.row(tensor.path(), tensor.axes(), tensor.shape(), Quantity.count(tensor.size())));
      table.print(out);
    }
  }

  private static void printTitle(
      PrintStream out,
      String title,
      List<? extends TensorDescription> tensors,
      long bytes,
      String remark) {
    out.println();
    out.println(
        "%s: %s in %d tensors, %s%s"
            .formatted(
                title,
                Quantity.count(elements(tensors)),
                tensors.size(),
                Quantity.bytes(bytes),
                remark));
  }

  private void printForms(PrintStream out) {
    out.println();
    out.println(
        "Forms, for vectors of: "
            + widths.stream().map(Width::text).collect(Collectors.joining(", ")));
    Table table = new Table("form", "sequences", "steps", "kernels");
    for (FormProgram program : model.programs()) {
      table.row(
          program.name(),
          program.ragged() ? "padded or packed" : "whole",
          program.steps().size(),
          kernels(program));
    }
    table.print(out);
  }

  private static void printLines(PrintStream out, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      out.println();
      out.println(title);
      lines.forEach(line -> out.println("  " + line));
    }
  }

  private static long kernels(FormProgram program) {
    return program.steps().stream().map(StepDescription::kernelClass).distinct().count();
  }

  private static long elements(List<? extends TensorDescription> tensors) {
    return tensors.stream().mapToLong(TensorDescription::size).sum();
  }

  private String dtype() {
    return model.real().name().toLowerCase(Locale.ROOT);
  }
}
