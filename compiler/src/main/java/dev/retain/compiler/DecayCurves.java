package dev.retain.compiler;

import dev.retain.compiler.evaluation.GraphEvaluator;
import dev.retain.compiler.evaluation.RealNumbers;
import dev.retain.compiler.evaluation.Tensor;
import dev.retain.compiler.forms.GraphCopy;
import dev.retain.compiler.recurrence.Decay;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.runtime.memory.NativeTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * How fast the states of a model forget: of each decay that is the same at every step, how much is
 * left after 0, 1, 2... steps. Decays of each step's own depend on the text and are left out, and
 * so are recurrences without a normal form.
 */
public final class DecayCurves {
  private static final int STEPS = 256;
  private static final int MOST = 16;

  private final Compilation compilation;
  private final Map<String, NativeTensor> weights;

  private DecayCurves(Compilation compilation, Map<String, NativeTensor> weights) {
    this.compilation = compilation;
    this.weights = weights;
  }

  /**
   * The curves by name; equal ones, of layers that share their decays say, once. At most 16.
   *
   * @param weights constants and parameters by path
   */
  public static SequencedMap<String, double[]> of(
      Compilation compilation, Map<String, NativeTensor> weights) {
    return new DecayCurves(compilation, weights).curves();
  }

  private SequencedMap<String, double[]> curves() {
    SequencedMap<String, double[]> curves = new LinkedHashMap<>();
    Set<Double> drawn = new HashSet<>();
    Graph step = compilation.model().step();
    for (Node node : step.nodes()) {
      if (node.operation() instanceof Operation.Recur(RecurrenceCall call, List<Integer> arguments)
          && !compilation.isRecurrentOnly(call.span())) {
        NormalForm form = compilation.normalForm(call);
        for (NormalForm.Equation equation : form.equations()) {
          if (equation.decay().variation() != Role.IN) {
            List<Double> decays = decays(form, equation.decay(), arguments);
            for (int i = 0; i < decays.size() && curves.size() < MOST; i++) {
              if (drawn.add(decays.get(i))) {
                String element = decays.size() == 1 ? "" : " " + (i + 1);
                curves.put(equation.state().path() + element, curve(decays.get(i)));
              }
            }
          }
        }
      }
    }
    return curves;
  }

  private static double[] curve(double decay) {
    double[] left = new double[STEPS + 1];
    left[0] = 1;
    for (int n = 1; n <= STEPS; n++) {
      left[n] = left[n - 1] * decay;
    }
    return left;
  }

  private List<Double> decays(NormalForm form, Decay decay, List<Integer> arguments) {
    GraphBuilder graph = new GraphBuilder();
    GraphCopy outside = new GraphCopy(compilation.model().step(), graph, _ -> -1);
    List<RecurrenceCall.Input> inputs = form.call().inputs();
    GraphCopy body =
        new GraphCopy(
            form.call().body(),
            graph,
            leaf -> {
              for (int i = 0; i < inputs.size(); i++) {
                if (leaf.operation().equals(new Operation.Input(inputs.get(i).name()))) {
                  return outside.copy(arguments.get(i));
                }
              }
              return -1;
            });
    int product = graph.literal(decay.factor().scale(), form.call().span());
    for (Product.Factor factor : decay.factor().factors()) {
      Function function = factor.inverse() ? Function.DIVIDE : Function.MULTIPLY;
      product = graph.pointwise(function, form.call().span(), product, body.copy(factor.node()));
    }
    GraphEvaluator<Double> evaluator =
        new GraphEvaluator<>(RealNumbers.INSTANCE, 1, 1, this::weight);
    return evaluator.evaluate(graph.build()).get(product).elements();
  }

  private Tensor<Double> weight(Node leaf) {
    String path =
        switch (leaf.operation()) {
          case Operation.Parameter(String parameter) -> parameter;
          case Operation.Constant(String constant) -> constant;
          case Operation other ->
              throw new IllegalStateException("not the same at every step: " + other);
        };
    NativeTensor tensor = weights.get(path);
    List<Integer> sizes = new ArrayList<>();
    leaf.axes().forEach(axis -> sizes.add(axis.size()));
    return new Tensor<>(
        leaf.axes(),
        sizes,
        LongStream.range(0, tensor.size()).mapToObj(tensor::getDouble).toList());
  }
}
