package dev.retain.compiler.syntax;

import dev.retain.grammar.RetainParser;
import java.util.List;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** The words of the language for ANTLR's tokens and rules. */
final class Words {
  private static final int LONGEST = 40;

  private Words() {}

  static boolean isKeyword(int type) {
    return type >= RetainParser.IMPORT && type <= RetainParser.FALSE;
  }

  /** Whether the keyword begins a declaration and nothing else. */
  static boolean onlyBeginsDeclaration(int type) {
    return switch (type) {
      case RetainParser.IMPORT,
          RetainParser.FUNCTION,
          RetainParser.RECURRENCE,
          RetainParser.FORM,
          RetainParser.MODEL,
          RetainParser.PRESET,
          RetainParser.EQUIVALENCE ->
          true;
      default -> false;
    };
  }

  static boolean beginsDeclaration(int type) {
    return onlyBeginsDeclaration(type) || type == RetainParser.LAYER;
  }

  /** Whether the keyword begins an item. */
  static boolean beginsItem(int type) {
    return switch (type) {
      case RetainParser.AXIS,
          RetainParser.PARAM,
          RetainParser.CONST,
          RetainParser.IN,
          RetainParser.STATE,
          RetainParser.LAYER,
          RetainParser.OUT ->
          true;
      default -> false;
    };
  }

  /** What was found. */
  static String found(Token token) {
    return token.getType() == Token.EOF
        ? "the end of the file"
        : "`" + shortened(token.getText()) + "`";
  }

  static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "\u2026";
  }

  /** One of several token types. */
  static String oneOf(List<Integer> types) {
    if (types.contains(RetainParser.NUMBER) && types.contains(RetainParser.LEFT_PARENTHESIS)) {
      return "an expression";
    }
    List<String> names = types.stream().map(Words::name).toList();
    String last = names.getLast();
    return names.size() == 1
        ? last
        : names.stream().limit(names.size() - 1).collect(Collectors.joining(", ")) + " or " + last;
  }

  /** The innermost construct around a rule that has a name for the user; empty at top level. */
  static String construct(ParserRuleContext context) {
    for (RuleContext around = context; around != null; around = around.parent) {
      String words =
          switch (around) {
            case RetainParser.ImportFileContext _ -> "the import";
            case RetainParser.FunctionContext function -> named("the function", function);
            case RetainParser.HyperparameterContext one -> named("the hyperparameter", one);
            case RetainParser.LayerContext layer -> headed(layer.header(), layer);
            case RetainParser.RecurrenceContext one -> headed(one.header(), one);
            case RetainParser.FormContext form -> named("the form", form);
            case RetainParser.PresetContext preset -> named("the preset", preset);
            case RetainParser.PresetValueContext value -> named("the value of", value);
            case RetainParser.EquivalenceContext _ -> "the equivalence";
            case RetainParser.AxisContext axis -> named("the axis", axis);
            case RetainParser.TensorContext tensor -> tensor(tensor);
            case RetainParser.InputContext input -> named("the input", input);
            case RetainParser.StateContext state -> named("the state", state);
            case RetainParser.LayerUseContext layer -> named("the layer", layer);
            case RetainParser.NamedContext named -> named("the definition of", named);
            case RetainParser.OutputContext _ -> "the output";
            default -> "";
          };
      if (!words.isEmpty()) {
        return words;
      }
    }
    return "";
  }

  /** How the innermost construct around a rule is written. */
  static String example(ParserRuleContext context) {
    for (RuleContext around = context; around != null; around = around.parent) {
      String words =
          switch (around) {
            case RetainParser.ImportFileContext _ -> "`import std.layers` or `import \"file.ret\"`";
            case RetainParser.FunctionContext _ -> "`function f(x) = x * x`";
            case RetainParser.HyperparameterContext _ ->
                "`d`, `ffn = 2 * d` or `activation: swish | gelu = swish`";
            case RetainParser.LayerContext _ -> "`layer Name(d) { in x: [d]  out x }`";
            case RetainParser.RecurrenceContext _ -> "`recurrence Name { ... }`";
            case RetainParser.PresetContext _, RetainParser.PresetValueContext _ ->
                "`preset base of Name { d = 512  heads = 2 }`";
            case RetainParser.EquivalenceContext _ ->
                "`equivalence Name: recurrent = parallel = chunkwise`";
            case RetainParser.AxisContext _ -> "`axis head = heads, K = d / heads`";
            case RetainParser.TensorContext tensor ->
                isParameter(tensor)
                    ? "`param W: [d, K] ~ normal(0.02)` or `param b: [K] = 0`"
                    : "`const gamma: [head]` or `const gamma[h: head] = 1 - 2 ^ (-5 - h)`";
            case RetainParser.InputContext _ -> "`in x: [d]` or `in token: index of vocab`";
            case RetainParser.StateContext _ -> "`state S: [K, V] = 0`";
            case RetainParser.LayerUseContext _ -> "`layer norm = RmsNorm(d)`";
            case RetainParser.NamedContext _ -> "`x = ...`";
            case RetainParser.OutputContext _ -> "`out x`";
            default -> "";
          };
      if (!words.isEmpty()) {
        return "it is written " + words;
      }
    }
    return "a file has imports, then functions, layers, recurrences, models and presets";
  }

  private static boolean isParameter(RetainParser.TensorContext tensor) {
    return ((RetainParser.TensorGroupContext) tensor.parent).PARAM() != null;
  }

  private static String tensor(RetainParser.TensorContext tensor) {
    return named(isParameter(tensor) ? "the parameter" : "the constant", tensor);
  }

  private static String headed(RetainParser.HeaderContext header, ParserRuleContext declaration) {
    String kind = "the " + declaration.getStart().getText();
    return header == null ? kind : named(kind, header);
  }

  private static String named(String kind, ParserRuleContext context) {
    for (int i = 0; i < context.getChildCount(); i++) {
      ParseTree child = context.getChild(i);
      if (child instanceof TerminalNode node && node.getSymbol().getType() == RetainParser.NAME) {
        return kind + " `" + shortened(node.getText()) + "`";
      }
    }
    return kind;
  }

  private static String name(int type) {
    return switch (type) {
      case Token.EOF -> "the end of the file";
      case RetainParser.NAME -> "a name";
      case RetainParser.STRING -> "a text in quotes";
      case RetainParser.NUMBER -> "a number";
      default -> "`" + literal(type) + "`";
    };
  }

  private static String literal(int type) {
    String quoted = RetainParser.VOCABULARY.getLiteralName(type);
    return quoted.substring(1, quoted.length() - 1).replace("\\'", "'");
  }
}
