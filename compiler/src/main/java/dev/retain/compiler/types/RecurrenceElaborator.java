package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.names.CallInputs;
import dev.retain.compiler.names.Program;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression;
import dev.retain.compiler.syntax.Hyperparameter;
import dev.retain.compiler.syntax.IndexVariable;
import dev.retain.compiler.syntax.Initialiser;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import dev.retain.compiler.syntax.Type;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.GraphBuilder;
import dev.retain.compiler.tensor.Node;
import dev.retain.compiler.tensor.Operation;
import dev.retain.compiler.tensor.Precision;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.types.Value.Known;
import dev.retain.compiler.types.Value.Tensor;
import dev.retain.compiler.types.Value.Wrong;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Spells out one use of a recurrence: its step as a graph of its own, mapped over leading axes. */
final class RecurrenceElaborator implements Evaluator.Calls {
  private final Program program;
  private final GraphBuilder outer;
  private final Diagnostics diagnostics;
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<Axis, Model.DeclaredAxis> axes = new LinkedHashMap<>();
  private final List<Role> variations = new ArrayList<>();
  private final List<HandWrittenForm> forms = new ArrayList<>();

  /** Each form's errors are reported once, not for every use of its recurrence. */
  private final Set<FormDeclaration> wrongForms =
      Collections.newSetFromMap(new IdentityHashMap<>());

  RecurrenceElaborator(Program program, GraphBuilder outer, Diagnostics diagnostics) {
    this.program = program;
    this.outer = outer;
    this.diagnostics = diagnostics;
  }

  /** The axes that recurrences declare. */
  Map<Axis, Model.DeclaredAxis> axes() {
    return axes;
  }

  /** The forms that are written by hand, of each use of a recurrence. */
  List<HandWrittenForm> forms() {
    return forms;
  }

  Value call(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> arguments,
      Expression.CallExpression call,
      Environment caller,
      Evaluator callerEvaluator,
      Binder binder) {
    List<Item.TensorItem> declared = CallInputs.of(recurrence.items());
    String name = recurrence.name().text();
    Environment inside = new Environment(program.scope(entry.file()), name, path(name, caller));
    inside.mapped().addAll(binder.mapped(declared, arguments));
    GraphBuilder body = new GraphBuilder();
    Evaluator evaluator = new Evaluator(program, body, diagnostics, this);
    for (Hyperparameter hyper : recurrence.hyperparameters()) {
      Expression expression = hyper.defaultValue().orElseThrow();
      Value value = evaluator.evaluate(expression, inside);
      binder.declare(
          hyper,
          Hyperparameters.check(
              hyper,
              recurrence.hyperparameters(),
              inside.scope(),
              value,
              expression.span(),
              diagnostics),
          inside);
    }
    Map<String, Integer> outerNodes = new HashMap<>();
    if (!bindInputs(declared, arguments, inside, body, outerNodes, call, binder)) {
      return new Wrong();
    }
    int errors = diagnostics.errorCount();
    int count = diagnostics.count();
    Tensors shapes = new Tensors(body, evaluator, diagnostics);
    List<RecurrenceCall.State> states = new ArrayList<>();
    Map<String, Item.StateItem> declarations = new LinkedHashMap<>();
    Value result = new Wrong();
    Span out = recurrence.span();
    for (Item item : recurrence.items()) {
      switch (item) {
        case Item.AxisItem axis -> axis(axis, inside, evaluator, binder);
        case Item.TensorItem tensor ->
            tensor
                .initialiser()
                .ifPresent(values ->
                    inside
                        .values()
                        .put(tensor.name().text(), constant(values, inside, body, evaluator)));
        case Item.StateItem state -> {
          declarations.put(state.name().text(), state);
          state(state, inside, body, shapes);
        }
        case Item.NextItem next ->
            inside.next().put(next.state().text(), next(next, inside, body, evaluator));
        case Item.LetItem let -> {
          Value value = evaluator.evaluate(let.value(), inside);
          let.type().ifPresent(type -> shapes.check(type, value, let, inside));
          inside.values().put(let.name().text(), value);
        }
        case Item.OutItem last -> {
          result = evaluator.evaluate(last.value(), inside);
          out = last.value().span();
        }
        case Item.LayerItem layer -> throw new AssertionError(layer);
      }
    }
    diagnostics.noteSince(count, call.span(), "in this use of `" + name + "`");
    if (diagnostics.errorCount() > errors || result instanceof Wrong) {
      return new Wrong();
    }
    declarations.forEach(
        (stateName, state) -> finished(state, inside, evaluator, shapes).ifPresent(states::add));
    int output = evaluator.node(result, out);
    if (diagnostics.errorCount() > errors) {
      return new Wrong();
    }
    List<RecurrenceCall.Input> inputs =
        declared.stream().map(input -> input(input, inside, body)).toList();
    RecurrenceCall recurrenceCall =
        new RecurrenceCall(
            name,
            inside.path(),
            inside.mapped(),
            inputs,
            states,
            body.build(),
            output,
            recurrence.span());
    for (Program.WrittenForm form : program.forms(recurrence)) {
      if (!wrongForms.contains(form.declaration())) {
        FormElaborator.elaborate(
                new FormElaborator.Use(
                    program, recurrence, recurrenceCall, inside, binder, diagnostics),
                form)
            .ifPresentOrElse(forms::add, () -> wrongForms.add(form.declaration()));
      }
    }
    List<Axis> resultAxes = new ArrayList<>(inside.mapped());
    body.axes(output).stream().filter(a -> !resultAxes.contains(a)).forEach(resultAxes::add);
    resultAxes.retainAll(body.axes(output));
    int node =
        outer.add(
            new Operation.Recur(
                recurrenceCall,
                declared.stream().map(input -> outerNodes.get(input.name().text())).toList()),
            resultAxes,
            Precision.REAL,
            call.span());
    int outward = binder.outward(node, call.span(), inside);
    return outward < 0 ? new Wrong() : Tensor.of(outward);
  }

  private String path(String name, Environment caller) {
    String path = caller.path(name);
    int use = uses.merge(path, 1, Integer::sum);
    return use == 1 ? path : path + use;
  }

  private boolean bindInputs(
      List<Item.TensorItem> declared,
      Map<String, Value> arguments,
      Environment inside,
      GraphBuilder body,
      Map<String, Integer> outerNodes,
      Expression.CallExpression call,
      Binder binder) {
    // Axes without a size are solved by the arguments, so they come first.
    for (Item.TensorItem input : declared) {
      List<Name> names =
          switch (input.type()) {
            case Type.TensorType type -> type.axes();
            case Type.IndexType type -> List.of(type.axis());
          };
      names.stream()
          .filter(axis -> inside.values().get(axis.text()) == null)
          .forEach(axis -> inside.unsolved().add(axis.text()));
    }
    for (Item.TensorItem input : declared) {
      String name = input.name().text();
      Value argument = arguments.get(name);
      Span span = argumentSpan(name, declared, call);
      Value bound = binder.bind(input, argument, span, inside);
      if (!(bound instanceof Tensor tensor)) {
        return false;
      }
      Role role = Role.valueOf(input.role().name());
      if (variation(tensor.node()).compareTo(role) > 0) {
        diagnostics
            .error(
                Code.NOT_CONSTANT,
                span,
                "`"
                    + name
                    + "` of `"
                    + inside.owner()
                    + "` is declared `"
                    + role.name().toLowerCase(Locale.ROOT)
                    + "`, and this "
                    + (variation(tensor.node()) == Role.IN
                        ? "changes from step to step"
                        : "is learned"))
            .help(
                variation(tensor.node()) == Role.IN
                    ? "declare it `in " + name + "`, or pass something that does not change"
                    : "declare it `param " + name + "`")
            .note(input.span(), "it is declared here");
        return false;
      }
      outerNodes.put(name, tensor.node());
      Node outerNode = outer.node(tensor.node());
      int node = body.input(name, outerNode.axes(), outerNode.precision(), input.span());
      inside.values().put(name, new Tensor(node, tensor.indexOf()));
    }
    return true;
  }

  private static Span argumentSpan(
      String name, List<Item.TensorItem> declared, Expression.CallExpression call) {
    for (var named : call.arguments().named()) {
      if (named.name().text().equals(name)) {
        return named.value().span();
      }
    }
    for (int i = 0; i < call.arguments().positional().size(); i++) {
      if (declared.get(i).name().text().equals(name)) {
        return call.arguments().positional().get(i).span();
      }
    }
    return call.span();
  }

  private void axis(Item.AxisItem item, Environment inside, Evaluator evaluator, Binder binder) {
    String name = item.name().text();
    Value solved = inside.values().get(name);
    if (item.size().isPresent()) {
      Optional<Integer> size =
          Sizes.evaluate(item.size().get(), "`" + name + "`", evaluator, inside, diagnostics);
      if (size.isEmpty()) {
        inside.values().put(name, new Wrong());
        return;
      }
      if (solved instanceof Known known && known.number() != size.get()) {
        diagnostics
            .error(
                Code.WRONG_ARGUMENT_SHAPE,
                item.span(),
                "the arguments give `"
                    + name
                    + "` the size "
                    + Numbers.text(known.number())
                    + ", and it should be "
                    + size.get())
            .help("pass arguments of that size");
        return;
      }
      if (solved == null) {
        inside
            .values()
            .put(name, new Known(size.get(), Optional.of(binder.fresh(name, size.get(), inside))));
      }
    } else if (solved == null) {
      inside.unsolved().add(name);
    }
    inside
        .axis(name)
        .ifPresent(axis ->
            axes.putIfAbsent(axis, new Model.DeclaredAxis(axis, inside.owner(), item.span())));
  }

  /** A constant of the recurrence's own: the value at every place is computed from the place. */
  static Value constant(
      Initialiser initialiser, Environment inside, GraphBuilder body, Evaluator evaluator) {
    return switch (initialiser) {
      case Initialiser.Constant(Expression value, Span span) -> evaluator.evaluate(value, inside);
      case Initialiser.Elementwise(var variables, Expression value, Span span) -> {
        Map<String, Value> outside = new HashMap<>(inside.values());
        for (IndexVariable variable : variables) {
          Optional<Axis> axis = evaluator.axis(variable.axis(), inside);
          inside
              .values()
              .put(
                  variable.name().text(),
                  axis.<Value>map(a -> Tensor.of(body.index(a, variable.span())))
                      .orElseGet(Wrong::new));
        }
        Value result = evaluator.evaluate(value, inside);
        inside.values().clear();
        inside.values().putAll(outside);
        yield result;
      }
      case Initialiser.Random random -> throw new AssertionError(random);
    };
  }

  private void state(Item.StateItem item, Environment inside, GraphBuilder body, Tensors shapes) {
    Optional<List<Axis>> own = shapes.axes(item.type(), inside);
    if (own.isEmpty()) {
      inside.values().put(item.name().text(), new Wrong());
      return;
    }
    List<Axis> all = new ArrayList<>(inside.mapped());
    all.addAll(own.get());
    int node = body.state(inside.path(item.name().text()), all, item.span());
    inside.states().put(item.name().text(), new Environment.State(node, all));
  }

  private Value next(
      Item.NextItem item, Environment inside, GraphBuilder body, Evaluator evaluator) {
    Value value = evaluator.evaluate(item.value(), inside);
    Environment.State state = inside.states().get(item.state().text());
    int node = state == null ? -1 : evaluator.node(value, item.value().span());
    if (node < 0) {
      return new Wrong();
    }
    if (!state.axes().containsAll(body.axes(node))) {
      diagnostics
          .error(
              Code.WRONG_STATE_SHAPE,
              item.value().span(),
              "`"
                  + item.state()
                  + "` is "
                  + Shapes.sizes(state.axes())
                  + ", and its equation gives "
                  + Shapes.sizes(body.axes(node)))
          .help("sum over the axes that the state lacks, or give them to the state")
          .note(body.node(state.before()).span(), "the state is declared here")
          .note(body.node(node).span(), "the value comes from here");
      return new Wrong();
    }
    return Tensor.of(node);
  }

  private Optional<RecurrenceCall.State> finished(
      Item.StateItem item, Environment inside, Evaluator evaluator, Tensors shapes) {
    String name = item.name().text();
    Environment.State state = inside.states().get(name);
    int next = evaluator.node(inside.next().get(name), item.span());
    return shapes
        .number(item.initial(), inside)
        .map(initial ->
            new RecurrenceCall.State(
                name, inside.path(name), state.axes(), initial, next, item.span()));
  }

  private RecurrenceCall.Input input(Item.TensorItem item, Environment inside, GraphBuilder body) {
    Tensor tensor = (Tensor) inside.values().get(item.name().text());
    return new RecurrenceCall.Input(
        item.name().text(),
        Role.valueOf(item.role().name()),
        body.axes(tensor.node()),
        item.span());
  }

  /** How a value of the outer graph changes with time. */
  private Role variation(int id) {
    for (int next = variations.size(); next <= id; next++) {
      Operation operation = outer.node(next).operation();
      Role role =
          switch (operation) {
            case Operation.Input i -> Role.IN;
            case Operation.Recur r -> Role.IN;
            case Operation.Parameter p -> Role.PARAM;
            default -> Role.CONST;
          };
      for (int operand : operation.operands()) {
        Role other = variations.get(operand);
        role = role.compareTo(other) >= 0 ? role : other;
      }
      variations.add(role);
    }
    return variations.get(id);
  }

  @Override
  public Value layer(
      Environment.Instance layer, Map<String, Value> inputs, Span span, Environment caller) {
    throw new AssertionError("a recurrence has no layers inside");
  }

  @Override
  public Value recurrence(
      RecurrenceDeclaration recurrence,
      Scope.Entry entry,
      Map<String, Value> inputs,
      Expression.CallExpression call,
      Environment caller) {
    diagnostics
        .error(
            Code.MISPLACED_ITEM, call.span(), "a recurrence cannot run inside another recurrence")
        .help("call it in the layer and pass its result as an input");
    return new Wrong();
  }
}
