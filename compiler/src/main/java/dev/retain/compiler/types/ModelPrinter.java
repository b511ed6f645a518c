package dev.retain.compiler.types;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphPrinter;
import dev.retain.compiler.tensor.ShortNumber;
import dev.retain.runtime.program.Initial;
import java.util.List;
import java.util.stream.Collectors;

/** A typed model as text: its sizes, its tensors, and the graph of one step. */
public final class ModelPrinter {
  private static final int VALUES_SHOWN = 8;

  private ModelPrinter() {}

  public static String print(Model model) {
    StringBuilder text = new StringBuilder("model " + model.name() + "\n");
    model
        .hyperparameters()
        .forEach((name, value) -> text.append("  %s = %s\n".formatted(name, value)));
    text.append("\naxes\n");
    for (Model.DeclaredAxis declared : model.axes()) {
      text.append("  %s, of %s\n".formatted(declared.axis(), declared.owner()));
    }
    text.append("\nparameters: %d values\n".formatted(model.parameterCount()));
    for (Model.ParameterSpec parameter : model.parameters()) {
      text.append(
          "  %s: %s %s\n"
              .formatted(parameter.path(), shape(parameter.axes()), initial(parameter.initial())));
    }
    text.append("\nconstants\n");
    for (Model.ConstantSpec constant : model.constants()) {
      text.append(
          "  %s: %s = %s\n"
              .formatted(constant.path(), shape(constant.axes()), values(constant.values())));
    }
    text.append("\none step\n").append(GraphPrinter.print(model.step()));
    return text.append("output %").append(model.output()).append('\n').toString();
  }

  private static String initial(Initial initial) {
    return switch (initial) {
      case Initial.Uniform(double bound) -> "~ uniform(" + ShortNumber.text(bound) + ")";
      case Initial.Normal(double deviation) -> "~ normal(" + ShortNumber.text(deviation) + ")";
      case Initial.Fill(double value) -> "= " + ShortNumber.text(value);
      case Initial.Listed(List<Double> values) -> "= " + values(values);
    };
  }

  private static String values(List<Double> values) {
    String more = values.size() > VALUES_SHOWN ? ", ... " + values.size() + " in all" : "";
    return values.stream()
        .limit(VALUES_SHOWN)
        .map(ShortNumber::text)
        .collect(Collectors.joining(", ", "", more));
  }

  private static String shape(List<Axis> axes) {
    return axes.stream().map(Axis::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
