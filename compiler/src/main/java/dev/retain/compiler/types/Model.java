package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.runtime.program.Initial;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with all sizes known.
 *
 * @param hyperparameters the values in use, as text, in order of declaration
 * @param axes every axis and where it is declared
 * @param step the graph of one step; its only {@code Input} is the token
 * @param output the node of the logits
 * @param vocabulary the axis that tokens are an index of
 * @param forms those that are written by hand, for each use of a recurrence
 */
public record Model(
    String name,
    Map<String, String> hyperparameters,
    List<DeclaredAxis> axes,
    List<ParameterSpec> parameters,
    List<ConstantSpec> constants,
    Graph step,
    int output,
    Axis vocabulary,
    List<HandWrittenForm> forms,
    Span span) {
  public Model {
    hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
    axes = List.copyOf(axes);
    parameters = List.copyOf(parameters);
    constants = List.copyOf(constants);
    forms = List.copyOf(forms);
  }

  /** An axis, the layer or recurrence that declares it, and its doc comment. */
  public record DeclaredAxis(Axis axis, String owner, Span span) {}

  /** A learned tensor. */
  public record ParameterSpec(
      String path, List<Axis> axes, Initial initial, String doc, Span span) {
    public ParameterSpec {
      axes = List.copyOf(axes);
    }

    public long size() {
      return axes.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
    }
  }

  /** A stored tensor that is not learned; its values in row-major order. */
  public record ConstantSpec(
      String path, List<Axis> axes, List<Double> values, String doc, Span span) {
    public ConstantSpec {
      axes = List.copyOf(axes);
      values = List.copyOf(values);
    }
  }

  /** The number of learned values. */
  public long parameterCount() {
    return parameters.stream().mapToLong(ParameterSpec::size).sum();
  }

  /** The number of learned values in tensors without the vocabulary axis. */
  public long bodyParameterCount() {
    return parameters.stream()
        .filter(parameter -> !parameter.axes().contains(vocabulary))
        .mapToLong(ParameterSpec::size)
        .sum();
  }
}
