package dev.retain.compiler.syntax;

import dev.retain.compiler.syntax.Declaration.EquivalenceDeclaration;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Declaration.PresetDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Expression.Binary;
import dev.retain.compiler.syntax.Expression.CallExpression;
import dev.retain.compiler.syntax.Expression.Conditional;
import dev.retain.compiler.syntax.Expression.FlagLiteral;
import dev.retain.compiler.syntax.Expression.IndexExpression;
import dev.retain.compiler.syntax.Expression.NameExpression;
import dev.retain.compiler.syntax.Expression.NumberLiteral;
import dev.retain.compiler.syntax.Expression.PrimedName;
import dev.retain.compiler.syntax.Expression.Unary;
import dev.retain.compiler.syntax.Item.AxisItem;
import dev.retain.compiler.syntax.Item.LayerItem;
import dev.retain.compiler.syntax.Item.LetItem;
import dev.retain.compiler.syntax.Item.NextItem;
import dev.retain.compiler.syntax.Item.OutItem;
import dev.retain.compiler.syntax.Item.StateItem;
import dev.retain.compiler.syntax.Item.TensorItem;
import dev.retain.compiler.syntax.Type.IndexType;
import dev.retain.compiler.syntax.Type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints trees as text of the language: one item a line, no parentheses but those that are needed.
 * What is printed reads back as the same tree, up to places.
 */
public final class SyntaxPrinter {
  /** How tightly an expression binds; the order is that of the grammar's rules. */
  private enum Level {
    EXPRESSION,
    DISJUNCTION,
    CONJUNCTION,
    NEGATION,
    COMPARISON,
    SUM,
    PRODUCT,
    UNARY,
    POWER,
    POSTFIX
  }

  private SyntaxPrinter() {}

  public static String print(SourceFile file) {
    String imports =
        file.imports().stream().map(one -> print(one) + "\n").collect(Collectors.joining());
    Stream<String> declarations =
        file.declarations().stream().map(declaration -> print(declaration) + "\n");
    return Stream.concat(imports.isEmpty() ? Stream.empty() : Stream.of(imports), declarations)
        .collect(Collectors.joining("\n"));
  }

  public static String print(Declaration declaration) {
    return doc(declaration.doc(), "")
        + switch (declaration) {
          case FunctionDeclaration(var name, var parameters, var over, var body, _, _) ->
              "function "
                  + name
                  + inBrackets(parameters.stream().map(Name::text), over)
                  + " = "
                  + print(body);
          case LayerDeclaration(var kind, var name, var hyperparameters, var items, _, _) ->
              kind.name().toLowerCase(Locale.ROOT)
                  + " "
                  + header(name, hyperparameters)
                  + body(items);
          case RecurrenceDeclaration(var name, var hyperparameters, var form, var items, _, _) ->
              "recurrence "
                  + header(name, hyperparameters)
                  + form.map(only -> ": " + only).orElse("")
                  + body(items);
          case FormDeclaration(var name, var recurrence, var items, _, _) ->
              "form " + name + " of " + recurrence + body(items);
          case PresetDeclaration(var name, var model, var values, _, _) ->
              "preset "
                  + presetName(name)
                  + " of "
                  + model
                  + " {\n"
                  + values.stream()
                      .map(value -> "  " + value.name() + " = " + print(value.value()) + "\n")
                      .collect(Collectors.joining())
                  + "}";
          case EquivalenceDeclaration(var recurrences, var forms, _, _) ->
              forms.isEmpty()
                  ? "equivalence " + join(recurrences, " = ")
                  : "equivalence " + recurrences.getFirst() + ": " + join(forms, " = ");
        };
  }

  public static String print(Item item) {
    return switch (item) {
      case AxisItem(var name, var size, _, _) -> "axis " + name + assigned(size);
      case TensorItem(var role, var name, var type, var initialiser, _, _) ->
          role.name().toLowerCase(Locale.ROOT)
              + " "
              + name
              + initialiser.map(values -> print(type, values)).orElseGet(() -> ": " + print(type));
      case StateItem(var name, var type, var initial, _, _) ->
          "state " + name + ": " + print(type) + " = " + print(initial);
      case NextItem(var state, var value, _, _) -> state + "' = " + print(value);
      case LetItem(var name, var positions, var type, var value, _, _) ->
          name
              + positions(positions)
              + type.map(axes -> ": " + print(axes)).orElse("")
              + " = "
              + print(value);
      case LayerItem(var name, var repeat, var layer, var arguments, _, _) ->
          "layer "
              + name
              + repeat.map(times -> "[" + print(times) + "]").orElse("")
              + " = "
              + layer
              + print(arguments);
      case OutItem(var positions, var value, _, _) ->
          "out" + positions(positions) + " " + print(value);
    };
  }

  private static String positions(List<Name> positions) {
    return positions.isEmpty() ? "" : "[" + join(positions, ", ") + "]";
  }

  public static String print(Type type) {
    return switch (type) {
      case TensorType(var axes, _) -> "[" + join(axes, ", ") + "]";
      case IndexType(var axis, _) -> "index of " + axis;
    };
  }

  public static String print(Expression expression) {
    return print(expression, Level.EXPRESSION);
  }

  private static String print(Import one) {
    return switch (one.kind()) {
      case STANDARD -> "import " + one.target();
      case PATH -> "import \"" + one.target() + "\"";
    };
  }

  private static String print(Type type, Initialiser initialiser) {
    return switch (initialiser) {
      case Initialiser.Constant(var value, _) -> ": " + print(type) + " = " + print(value);
      case Initialiser.Random(var distribution, var arguments, _) ->
          ": " + print(type) + " ~ " + distribution + print(arguments);
      case Initialiser.Elementwise(var variables, var value, _) ->
          variables.stream()
              .map(variable -> variable.name() + ": " + variable.axis())
              .collect(Collectors.joining(", ", "[", "] = " + print(value)));
    };
  }

  private static String print(Arguments arguments) {
    return inBrackets(
        Stream.concat(
            arguments.positional().stream().map(SyntaxPrinter::print),
            arguments.named().stream()
                .map(argument -> argument.name() + " = " + print(argument.value()))),
        arguments.over());
  }

  /** Prints where at least the given level is needed. */
  private static String print(Expression expression, Level needed) {
    Level level = level(expression);
    String text =
        switch (expression) {
          case NumberLiteral number -> number.text();
          case FlagLiteral flag -> String.valueOf(flag.value());
          case NameExpression name -> name.name();
          case PrimedName name -> name.name() + "'";
          case Unary(UnaryOperator operator, var operand, _) ->
              switch (operator) {
                case NEGATE -> "-" + print(operand, level);
                case NOT -> "not " + print(operand, level);
              };
          case Binary(BinaryOperator operator, var left, var right, _) ->
              print(left, leftLevel(level))
                  + " "
                  + operator.symbol()
                  + " "
                  + print(right, rightLevel(level));
          case Conditional(var condition, var whenTrue, var whenFalse, _) ->
              "if " + print(condition) + " then " + print(whenTrue) + " else " + print(whenFalse);
          case CallExpression(var function, var arguments, _) -> function + print(arguments);
          case IndexExpression(IndexExpression(var table, var first, _), var second, _) ->
              print(table, level) + "[" + print(first) + ", " + print(second) + "]";
          case IndexExpression(var table, var index, _) ->
              print(table, level) + "[" + print(index) + "]";
        };
    return level.compareTo(needed) < 0 ? "(" + text + ")" : text;
  }

  private static Level level(Expression expression) {
    return switch (expression) {
      case Conditional _ -> Level.EXPRESSION;
      case Unary unary ->
          switch (unary.operator()) {
            case NEGATE -> Level.UNARY;
            case NOT -> Level.NEGATION;
          };
      case Binary binary ->
          switch (binary.operator()) {
            case OR -> Level.DISJUNCTION;
            case AND -> Level.CONJUNCTION;
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                Level.COMPARISON;
            case ADD, SUBTRACT -> Level.SUM;
            case MULTIPLY, DIVIDE, CONTRACT -> Level.PRODUCT;
            case POWER -> Level.POWER;
          };
      case NumberLiteral _,
          FlagLiteral _,
          NameExpression _,
          PrimedName _,
          CallExpression _,
          IndexExpression _ ->
          Level.POSTFIX;
    };
  }

  /** Operators of one level group to the left, but comparisons do not chain. */
  private static Level leftLevel(Level level) {
    return level == Level.COMPARISON || level == Level.POWER ? next(level) : level;
  }

  /** The right side of a power may be a negation or a power. */
  private static Level rightLevel(Level level) {
    return level == Level.POWER ? Level.UNARY : next(level);
  }

  private static Level next(Level level) {
    return Level.values()[level.ordinal() + 1];
  }

  private static String header(Name name, List<Hyperparameter> hyperparameters) {
    return hyperparameters.isEmpty()
        ? name.text()
        : hyperparameters.stream()
            .map(SyntaxPrinter::print)
            .collect(Collectors.joining(", ", name + "(", ")"));
  }

  private static String print(Hyperparameter one) {
    String choices = one.choices().isEmpty() ? "" : ": " + join(one.choices(), " | ");
    return one.name() + choices + assigned(one.defaultValue());
  }

  private static String body(List<Item> items) {
    return items.stream()
        .map(item -> doc(item.doc(), "  ") + "  " + print(item) + "\n")
        .collect(Collectors.joining("", " {\n", "}"));
  }

  private static String inBrackets(Stream<String> parts, List<Name> over) {
    List<String> inside = new ArrayList<>();
    String listed = parts.collect(Collectors.joining(", "));
    if (!listed.isEmpty()) {
      inside.add(listed);
    }
    if (!over.isEmpty()) {
      inside.add("over " + join(over, ", "));
    }
    return "(" + String.join(" ", inside) + ")";
  }

  private static String presetName(Name name) {
    boolean quoted = name.span().text().startsWith("\"");
    return quoted ? "\"" + name + "\"" : name.text();
  }

  private static String assigned(Optional<Expression> value) {
    return value.map(expression -> " = " + print(expression)).orElse("");
  }

  private static String join(List<Name> names, String separator) {
    return names.stream().map(Name::text).collect(Collectors.joining(separator));
  }

  private static String doc(String doc, String indent) {
    return doc.isEmpty()
        ? ""
        : doc.lines()
            .map(line -> (indent + "/// " + line).stripTrailing() + "\n")
            .collect(Collectors.joining());
  }
}
