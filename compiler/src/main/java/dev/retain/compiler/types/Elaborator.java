package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import dev.retain.runtime.program.Inputs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts a model together from its layers: every use of a layer is spelled out, all sizes known. */
public final class Elaborator {
  private final Program program;
  private final Diagnostics diagnostics;
  private final GraphBuilder graph = new GraphBuilder();
  private final LayerElaborator layers;
  private final Evaluator evaluator;

  private Elaborator(Program program, Diagnostics diagnostics) {
    this.program = program;
    this.diagnostics = diagnostics;
    this.layers = new LayerElaborator(program, graph, diagnostics);
    this.evaluator = layers.evaluator();
  }

  /**
   * Elaborates a model of the main file.
   *
   * @param settings hyperparameters by name, as given on the command line; {@code preset} names a
   *     preset
   */
  public static Model elaborate(
      Program program,
      LayerDeclaration model,
      Map<String, String> settings,
      Diagnostics diagnostics) {
    Elaborator elaborator = new Elaborator(program, diagnostics);
    Optional<Model> result = elaborator.model(model, settings);
    diagnostics.throwIfErrors();
    return result.orElseThrow();
  }

  private Optional<Model> model(LayerDeclaration model, Map<String, String> settings) {
    Scope scope = program.scope(program.fileOf(model));
    Environment environment = new Environment(scope, model.name().text(), "");
    Map<String, Value> values =
        new Settings(program, model, evaluator, diagnostics).values(settings);
    diagnostics.throwIfErrors();
    Map<String, String> texts = new LinkedHashMap<>();
    for (Hyperparameter hyper : model.hyperparameters()) {
      Value value = values.get(hyper.name().text());
      texts.put(hyper.name().text(), Settings.text(value));
      layers.binder().declare(hyper, value, environment);
    }
    Optional<Axis> vocabulary = Optional.empty();
    Value result = new Wrong();
    Span out = model.name().span();
    for (Item item : model.items()) {
      if (item instanceof Item.TensorItem input && CallInputs.of(List.of(input)).contains(input)) {
        Optional<Axis> axis = token(input, environment, vocabulary.isPresent());
        vocabulary = vocabulary.isPresent() ? vocabulary : axis;
      } else {
        result = layers.item(item, environment, Map.of(), model.span()).orElse(result);
        out = item instanceof Item.OutItem last ? last.value().span() : out;
      }
    }
    int output = evaluator.node(result, out);
    if (diagnostics.hasErrors()) {
      return Optional.empty();
    }
    if (vocabulary.isEmpty()) {
      diagnostics
          .error(Code.WRONG_MODEL_SHAPE, model.name().span(), "the model has no token to read")
          .help("declare its input: `in token: index of vocab`");
      return Optional.empty();
    }
    if (!isLogits(output, vocabulary.get(), out)) {
      return Optional.empty();
    }
    Graph step = graph.build();
    Set<String> used = TensorsInUse.paths(step, output);
    return Optional.of(
        new Model(
            model.name().text(),
            texts,
            layers.axes(),
            layers.parameters().stream().filter(one -> used.contains(one.path())).toList(),
            layers.constants().stream().filter(one -> used.contains(one.path())).toList(),
            step,
            output,
            vocabulary.get(),
            layers.forms(),
            model.span()));
  }

  private boolean isLogits(int output, Axis vocabulary, Span out) {
    if (graph.axes(output).equals(List.of(vocabulary))) {
      return true;
    }
    diagnostics
        .error(
            Code.WRONG_MODEL_SHAPE,
            out,
            "the model's result is "
                + Shapes.sizes(graph.axes(output))
                + ", and must be a logit for each token, "
                + Shapes.sizes(List.of(vocabulary)))
        .help(
            "map it to the vocabulary: `layer readout = Linear(d, "
                + vocabulary.name()
                + ")`, then `out readout(x)`")
        .note(graph.node(output).span(), "the result comes from here");
    return false;
  }

  private Optional<Axis> token(
      Item.TensorItem input, Environment environment, boolean alreadyThere) {
    if (alreadyThere
        || input.role() != Item.TensorItem.Role.IN
        || !(input.type() instanceof Type.IndexType type)) {
      diagnostics
          .error(
              Code.WRONG_MODEL_SHAPE, input.span(), "a model has one input, the index of a token")
          .help(
              input.role() == Item.TensorItem.Role.IN
                  ? "one `in token: index of vocab` and nothing else comes from outside"
                  : "give `" + input.name() + "` a value here: nobody calls a model");
      environment.values().put(input.name().text(), new Wrong());
      return Optional.empty();
    }
    Optional<Axis> axis = evaluator.axis(type.axis(), environment);
    axis.ifPresent(vocabulary -> {
      int node = graph.input(Inputs.TOKEN, List.of(), Precision.WHOLE, input.span());
      environment.values().put(input.name().text(), new Tensor(node, axis));
    });
    return axis;
  }
}
