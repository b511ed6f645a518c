package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression.CallExpression;
import dev.retain.compiler.syntax.Item.AxisItem;
import dev.retain.compiler.syntax.Item.LayerItem;
import dev.retain.compiler.syntax.Item.LetItem;
import dev.retain.compiler.syntax.Item.NextItem;
import dev.retain.compiler.syntax.Item.OutItem;
import dev.retain.compiler.syntax.Item.StateItem;
import dev.retain.compiler.syntax.Item.TensorItem;
import dev.retain.compiler.syntax.Item.TensorItem.Role;
import dev.retain.compiler.syntax.Type.IndexType;
import dev.retain.compiler.syntax.Type.TensorType;
import dev.retain.grammar.RetainLexer;
import dev.retain.grammar.RetainParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds declarations and items from a parse tree without errors. */
final class TreeBuilder {
  private final Source source;
  private final CommonTokenStream tokens;
  private final Places places;
  private final SyntaxErrors errors;
  private final ExpressionBuilder expressions;

  TreeBuilder(Source source, CommonTokenStream tokens, Places places, SyntaxErrors errors) {
    this.source = source;
    this.tokens = tokens;
    this.places = places;
    this.errors = errors;
    this.expressions = new ExpressionBuilder(places, errors);
  }

  SourceFile file(RetainParser.FileContext file) {
    return new SourceFile(
        source,
        file.importFile().stream().map(this::importFile).toList(),
        file.declaration().stream().map(this::declaration).toList());
  }

  private Import importFile(RetainParser.ImportFileContext context) {
    return context.dottedName() != null
        ? new Import(
            Import.Kind.STANDARD, context.dottedName().getText(), places.of(context.dottedName()))
        : new Import(
            Import.Kind.PATH, unquoted(context.STRING()), places.of(context.STRING().getSymbol()));
  }

  private Declaration declaration(RetainParser.DeclarationContext context) {
    Span span = places.of(context);
    String doc = doc(context.getStart());
    if (context.function() != null) {
      RetainParser.FunctionContext function = context.function();
      return new FunctionDeclaration(
          expressions.name(function.NAME()),
          expressions.names(function.names()),
          expressions.over(function.over()),
          expressions.checked(function.expression()),
          doc,
          span);
    }
    if (context.layer() != null) {
      RetainParser.LayerContext layer = context.layer();
      return new LayerDeclaration(
          layer.MODEL() != null ? LayerDeclaration.Kind.MODEL : LayerDeclaration.Kind.LAYER,
          expressions.name(layer.header().NAME()),
          hyperparameters(layer.header()),
          items(layer.body()),
          doc,
          span);
    }
    if (context.recurrence() != null) {
      RetainParser.RecurrenceContext recurrence = context.recurrence();
      return new RecurrenceDeclaration(
          expressions.name(recurrence.header().NAME()),
          hyperparameters(recurrence.header()),
          Optional.ofNullable(recurrence.NAME()).map(expressions::name),
          items(recurrence.body()),
          doc,
          span);
    }
    if (context.form() != null) {
      RetainParser.FormContext form = context.form();
      return new FormDeclaration(
          expressions.name(form.NAME(0)),
          expressions.name(form.NAME(1)),
          items(form.body()),
          doc,
          span);
    }
    if (context.preset() != null) {
      return preset(context.preset(), doc, span);
    }
    return equivalence(context.equivalence(), doc, span);
  }

  private PresetDeclaration preset(RetainParser.PresetContext preset, String doc, Span span) {
    boolean quoted = preset.STRING() != null;
    return new PresetDeclaration(
        quoted
            ? new Name(unquoted(preset.STRING()), places.of(preset.STRING().getSymbol()))
            : expressions.name(preset.NAME(0)),
        expressions.name(preset.NAME(quoted ? 0 : 1)),
        preset.presetValue().stream()
            .map(value ->
                new PresetValue(
                    expressions.name(value.NAME()),
                    expressions.checked(value.expression()),
                    places.of(value)))
            .toList(),
        doc,
        span);
  }

  private EquivalenceDeclaration equivalence(
      RetainParser.EquivalenceContext context, String doc, Span span) {
    List<Name> names = context.NAME().stream().map(expressions::name).toList();
    return context.COLON() != null
        ? new EquivalenceDeclaration(names.subList(0, 1), names.subList(1, names.size()), doc, span)
        : new EquivalenceDeclaration(names, List.of(), doc, span);
  }

  private List<Hyperparameter> hyperparameters(RetainParser.HeaderContext header) {
    return header.hyperparameter().stream()
        .map(context ->
            new Hyperparameter(
                expressions.name(context.NAME(0)),
                context.NAME().stream().skip(1).map(expressions::name).toList(),
                Optional.ofNullable(context.expression()).map(expressions::checked),
                places.of(context)))
        .toList();
  }

  private List<Item> items(RetainParser.BodyContext body) {
    List<Item> items = new ArrayList<>();
    for (RetainParser.ItemContext context : body.item()) {
      String doc = doc(context.getStart());
      ParserRuleContext group = (ParserRuleContext) context.getChild(0);
      switch (group) {
        case RetainParser.AxisGroupContext axes ->
            axes.axis().forEach(axis -> items.add(axis(axis, doc)));
        case RetainParser.TensorGroupContext tensors -> {
          Role role = tensors.PARAM() != null ? Role.PARAM : Role.CONST;
          tensors.tensor().forEach(tensor -> items.addAll(tensors(role, tensor, doc)));
        }
        case RetainParser.InputGroupContext inputs ->
            inputs.input().forEach(input -> items.addAll(inputs(input, doc)));
        case RetainParser.StateGroupContext states ->
            states.state().forEach(state -> items.addAll(states(state, doc)));
        case RetainParser.LayerGroupContext layers ->
            layers.layerUse().forEach(layer -> items.add(layer(layer, doc)));
        case RetainParser.NamedContext named -> items.add(named(named, doc));
        case RetainParser.OutputContext output ->
            items.add(
                new OutItem(
                    positions(output.positions()),
                    expressions.checked(output.expression()),
                    doc,
                    places.of(output)));
        default -> throw new IllegalStateException("no item: " + group.getClass());
      }
    }
    return items;
  }

  private Item axis(RetainParser.AxisContext axis, String groupDoc) {
    return new AxisItem(
        expressions.name(axis.NAME()),
        Optional.ofNullable(axis.expression()).map(expressions::checked),
        doc(axis.NAME(), groupDoc),
        places.of(axis));
  }

  private List<Item> tensors(Role role, RetainParser.TensorContext tensor, String groupDoc) {
    Type type = tensor.elements() != null ? elements(tensor.elements()) : type(tensor.type());
    Optional<Initialiser> initialiser = initialiser(role, tensor);
    return each(
        tensor,
        tensor.NAME(),
        groupDoc,
        (name, doc, span) -> new TensorItem(role, name, type, initialiser, doc, span));
  }

  private List<Item> inputs(RetainParser.InputContext input, String groupDoc) {
    Type type = type(input.type());
    return each(
        input,
        input.NAME(),
        groupDoc,
        (name, doc, span) -> new TensorItem(Role.IN, name, type, Optional.empty(), doc, span));
  }

  private List<Item> states(RetainParser.StateContext state, String groupDoc) {
    TensorType type = tensorType(state.tensorType());
    Expression initial = expressions.checked(state.initialValue().expression());
    return each(
        state,
        state.NAME(),
        groupDoc,
        (name, doc, span) -> new StateItem(name, type, initial, doc, span));
  }

  private interface ItemMaker {
    Item make(Name name, String doc, Span span);
  }

  /** An item for each of the names that share what follows them. */
  private List<Item> each(
      ParserRuleContext context, List<TerminalNode> names, String groupDoc, ItemMaker maker) {
    return names.stream()
        .map(name ->
            maker.make(
                expressions.name(name),
                doc(name, groupDoc),
                places.of(name.getSymbol(), context.getStop())))
        .toList();
  }

  private Optional<Initialiser> initialiser(Role role, RetainParser.TensorContext tensor) {
    if (tensor.randomValue() != null) {
      return Optional.of(random(tensor.randomValue()));
    }
    if (tensor.initialValue() == null) {
      return Optional.empty();
    }
    RetainParser.ExpressionContext context = tensor.initialValue().expression();
    Expression value = expressions.checked(context);
    if (tensor.elements() != null) {
      return Optional.of(
          new Initialiser.Elementwise(variables(tensor.elements()), value, places.of(context)));
    }
    if (role == Role.PARAM
        && value instanceof CallExpression(Name function, _, _)
        && (function.text().equals("normal") || function.text().equals("uniform"))) {
      errors
          .add(
              Code.DISTRIBUTION_AS_VALUE,
              function.span(),
              "`" + function + "` is a distribution, not a value")
          .help("write `~` instead of `=`");
    }
    return Optional.of(new Initialiser.Constant(value, places.of(context)));
  }

  private Initialiser random(RetainParser.RandomValueContext random) {
    return new Initialiser.Random(
        expressions.name(random.NAME()),
        expressions.checked(random.arguments()),
        places.of(random));
  }

  private List<IndexVariable> variables(RetainParser.ElementsContext elements) {
    return elements.indexVariable().stream()
        .map(variable ->
            new IndexVariable(
                expressions.name(variable.NAME(0)),
                expressions.name(variable.NAME(1)),
                places.of(variable)))
        .toList();
  }

  private TensorType elements(RetainParser.ElementsContext elements) {
    return new TensorType(
        variables(elements).stream().map(IndexVariable::axis).toList(), places.of(elements));
  }

  private Item layer(RetainParser.LayerUseContext layer, String groupDoc) {
    return new LayerItem(
        expressions.name(layer.NAME(0)),
        Optional.ofNullable(layer.expression()).map(expressions::checked),
        expressions.name(layer.NAME(1)),
        expressions.checked(layer.arguments()),
        doc(layer.NAME(0), groupDoc),
        places.of(layer));
  }

  private Item named(RetainParser.NamedContext named, String doc) {
    Name name = expressions.name(named.NAME());
    Expression value = expressions.checked(named.expression());
    return named.PRIME() != null
        ? new NextItem(name, value, doc, places.of(named))
        : new LetItem(
            name,
            positions(named.positions()),
            Optional.ofNullable(named.tensorType()).map(this::tensorType),
            value,
            doc,
            places.of(named));
  }

  private List<Name> positions(RetainParser.PositionsContext positions) {
    return positions == null ? List.of() : expressions.names(positions.names());
  }

  private Type type(RetainParser.TypeContext type) {
    return type.tensorType() != null
        ? tensorType(type.tensorType())
        : new IndexType(expressions.name(type.indexType().NAME()), places.of(type));
  }

  private TensorType tensorType(RetainParser.TensorTypeContext type) {
    return new TensorType(expressions.names(type.names()), places.of(type));
  }

  private String unquoted(TerminalNode string) {
    String text = string.getText();
    return text.substring(1, text.length() - 1);
  }

  private String doc(TerminalNode name, String groupDoc) {
    String own = doc(name.getSymbol());
    return own.isEmpty() ? groupDoc : own;
  }

  /** The {@code ///} lines right before a declaration, an item or a name in a group. */
  private String doc(Token first) {
    List<Token> hidden = tokens.getHiddenTokensToLeft(first.getTokenIndex());
    return (hidden == null ? Stream.<Token>empty() : hidden.stream())
        .filter(token -> token.getType() == RetainLexer.DOCUMENTATION)
        .map(token -> token.getText().substring("///".length()))
        .map(line -> line.startsWith(" ") ? line.substring(1) : line)
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n"));
  }
}
