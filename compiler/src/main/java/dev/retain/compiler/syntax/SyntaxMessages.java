package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.grammar.RetainParser;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;

/** Says in the words of the language what the parser did not find, and what to do about it. */
final class SyntaxMessages {
  private final TokenStream tokens;
  private final Places places;
  private final SyntaxErrors errors;
  private Token lastReserved;

  SyntaxMessages(TokenStream tokens, Places places, SyntaxErrors errors) {
    this.tokens = tokens;
    this.places = places;
    this.errors = errors;
  }

  /**
   * Reports one error.
   *
   * @param context the rule in which it was found
   * @param found the first token that does not fit
   * @param expected the token types that would
   */
  void report(ParserRuleContext context, Token found, List<Integer> expected) {
    Span place = place(found);
    Token before = before(found);
    if (errors.hasForeign(place) || before != null && errors.hasForeign(places.of(before))) {
      return;
    }
    Slip slip = new Slip(context, found, expected);
    Optional<Token> reserved = slip.reservedWord();
    if (reserved.isPresent()) {
      lastReserved = reserved.get();
      errors
          .add(
              Code.RESERVED_WORD,
              places.of(reserved.get()),
              "`" + reserved.get().getText() + "` is a reserved word and cannot be a name")
          .help("choose another name, such as `" + reserved.get().getText() + "_`");
      return;
    }
    Optional<Token> open = slip.openBrace();
    String what = slip.expected();
    String construct = Words.construct(context);
    Diagnostics.Report report =
        errors.add(
            open.isPresent() ? Code.MISSING_BRACE : Code.UNEXPECTED,
            place,
            "expected %s%s, found %s"
                .formatted(
                    what, construct.isEmpty() ? "" : " in " + construct, Words.found(found)));
    report.help(slip.help());
    open.or(slip::openBracket)
        .ifPresent(bracket ->
            report.note(places.of(bracket), "this `" + bracket.getText() + "` is not closed"));
  }

  /** Whether a keyword was reported as standing in the place of a name. */
  boolean wasMeantAsName(Token token) {
    return token == lastReserved;
  }

  /** The end of the file is shown behind the last token, not after empty lines. */
  private Span place(Token found) {
    Token before = before(found);
    if (found.getType() != Token.EOF || before == null) {
      return places.of(found);
    }
    Span last = places.of(before);
    return new Span(last.source(), last.end(), last.end());
  }

  private Token before(Token token) {
    return near(token, -1);
  }

  private Token after(Token token) {
    return near(token, 1);
  }

  /** The next visible token in a direction; null at the ends. */
  private Token near(Token token, int step) {
    int index = token.getTokenIndex() + step;
    while (index >= 0
        && index < tokens.size()
        && tokens.get(index).getChannel() != Token.DEFAULT_CHANNEL) {
      index += step;
    }
    return index >= 0 && index < tokens.size() ? tokens.get(index) : null;
  }

  /** One place where the text does not fit, and the common ways to get there. */
  private final class Slip {
    private final ParserRuleContext context;
    private final Token found;
    private final List<Integer> expected;
    private final int type;
    private final int previous;

    Slip(ParserRuleContext context, Token found, List<Integer> expected) {
      this.context = context;
      this.found = found;
      this.expected = expected;
      this.type = found.getType();
      Token before = before(found);
      this.previous = before == null ? Token.EOF : before.getType();
    }

    String expected() {
      return switch (context) {
        case RetainParser.FileContext _ -> "a declaration";
        case RetainParser.BodyContext _ when expects(RetainParser.RIGHT_BRACE) -> "an item or `}`";
        case RetainParser.RandomValueContext _ when expects(RetainParser.NAME) -> "a distribution";
        default -> Words.oneOf(withElements());
      };
    }

    /** In front of the bracket that closes a list, the list could as well go on. */
    private List<Integer> withElements() {
      boolean closes =
          expected.size() == 1
              && (expects(RetainParser.RIGHT_PARENTHESIS) || expects(RetainParser.RIGHT_BRACKET));
      boolean begins =
          previous == RetainParser.LEFT_PARENTHESIS || previous == RetainParser.LEFT_BRACKET;
      List<Integer> more =
          switch (context) {
            case RetainParser.ArgumentsContext _ when closes && begins ->
                List.of(RetainParser.NUMBER, RetainParser.LEFT_PARENTHESIS);
            case RetainParser.ArgumentsContext _ when closes -> List.of(RetainParser.COMMA);
            case RetainParser.ElementsContext _ when closes -> List.of(RetainParser.COMMA);
            case RetainParser.HeaderContext _,
                RetainParser.FunctionContext _,
                RetainParser.TensorTypeContext _
                when closes ->
                List.of(begins ? RetainParser.NAME : RetainParser.COMMA);
            default -> List.of();
          };
      return Stream.concat(more.stream(), expected.stream()).toList();
    }

    /** A reserved word that stands where a name is meant. */
    Optional<Token> reservedWord() {
      Token next = after(found);
      if (Words.isKeyword(type) && next != null) {
        boolean onlyName = expected.stream().allMatch(SyntaxMessages::canBeName);
        boolean itself = onlyName && usedAsName(next.getType());
        boolean definition =
            context instanceof RetainParser.BodyContext
                && (next.getType() == RetainParser.ASSIGN || next.getType() == RetainParser.COLON);
        boolean operand = expects(RetainParser.NUMBER) && isOperator(next.getType());
        return itself || definition || operand ? Optional.of(found) : Optional.empty();
      }
      boolean afterKeyword =
          previous == RetainParser.STATE
              || previous == RetainParser.AXIS
              || previous == RetainParser.IN
              || previous == RetainParser.PARAM
              || previous == RetainParser.CONST
              || previous == RetainParser.LAYER;
      return afterKeyword && (type == RetainParser.ASSIGN || type == RetainParser.COLON)
          ? Optional.of(before(found))
          : Optional.empty();
    }

    /** The brace that is still open where something begins that cannot stand in braces. */
    Optional<Token> openBrace() {
      boolean outside = type == Token.EOF || Words.beginsDeclaration(type);
      return switch (context) {
        case RetainParser.BodyContext body when outside && body.LEFT_BRACE() != null ->
            Optional.of(body.LEFT_BRACE().getSymbol());
        case RetainParser.PresetContext preset when outside && preset.LEFT_BRACE() != null ->
            Optional.of(preset.LEFT_BRACE().getSymbol());
        default -> Optional.empty();
      };
    }

    /** The bracket whose other half is missing before the end of its line. */
    Optional<Token> openBracket() {
      int open = 1;
      for (Token token = before(found);
          token != null && expected.stream().anyMatch(SyntaxMessages::closes);
          token = before(token)) {
        open += closes(token.getType()) ? 1 : opens(token.getType()) ? -1 : 0;
        if (open == 0) {
          return token.getLine() < found.getLine() ? Optional.of(token) : Optional.empty();
        }
      }
      return Optional.empty();
    }

    String help() {
      String special = specialHelp();
      if (special != null) {
        return special;
      }
      if (expected.stream().anyMatch(SyntaxMessages::closes)
          && !expects(RetainParser.NUMBER)
          && !Words.beginsItem(type)
          && !Words.beginsDeclaration(type)) {
        return "something is missing before this, or a bracket is not closed";
      }
      return expected().equals("an expression")
          ? "a value is missing: a name, a number, a call or `(...)`"
          : Words.example(context);
    }

    private String specialHelp() {
      return switch (context) {
        case RetainParser.FileContext _ -> atTopLevel();
        case RetainParser.BodyContext _ -> betweenItems();
        case RetainParser.RandomValueContext _ ->
            "`~ normal(s)` and `~ uniform(b)` draw at random; `= x` sets every element to x";
        case RetainParser.InitialValueContext initial
            when initial.parent instanceof RetainParser.StateContext ->
            "a state has a value before the first step: `state S: [K, V] = 0`";
        case RetainParser.IndexVariableContext _ when type == RetainParser.RIGHT_BRACKET ->
            "axes follow a colon, as in `W: [d, K]`; an index is written `[h: head]`";
        case RetainParser.InputContext _ when type == RetainParser.LEFT_BRACKET ->
            "axes follow a colon, as in `x: [d]`";
        case RetainParser.TensorTypeContext _ when type != Token.EOF ->
            "axes have names: write `axis hidden = 4 * d` first, then `[hidden]`";
        case RetainParser.FunctionContext _ when type == RetainParser.LEFT_BRACE ->
            "a function is one expression: `function f(x) = x * x`";
        case RetainParser.NamedContext named when type == RetainParser.NAME ->
            "`%s` begins an item here; a value is defined by `x = ...`"
                .formatted(named.getStart().getText());
        case RetainParser.ExpressionContext _
            when previous == RetainParser.OUT && type == RetainParser.ASSIGN ->
            "write `out x` without `=`";
        case RetainParser.LayerUseContext _ ->
            "a layer inside is written `layer norm = RmsNorm(d)`";
        case RetainParser.ConditionalContext _ when expects(RetainParser.ELSE) ->
            "both values are needed: `if c then a else b`";
        default -> inExpression();
      };
    }

    private String atTopLevel() {
      if (type == RetainParser.IMPORT) {
        return "imports come before the declarations";
      }
      if (type == RetainParser.RIGHT_BRACE) {
        return "there is one `}` too many, here or before";
      }
      return Words.beginsItem(type) || type == RetainParser.NAME
          ? "items stand in the braces of a layer, model or recurrence"
          : inExpression();
    }

    private String betweenItems() {
      if (openBrace().isPresent()) {
        return "add the missing `}`";
      }
      if (context.getChild(context.getChildCount() - 1) instanceof RetainParser.ItemContext item
          && item.inputGroup() != null
          && (type == RetainParser.ASSIGN || type == RetainParser.TILDE)) {
        return "an input gets its value from the caller, at every step";
      }
      if (type == RetainParser.ASSIGN) {
        return "the name before it ended the expression before; is a part of that missing?";
      }
      if (closes(type)) {
        return "there is one `%s` too many, or the other half is missing"
            .formatted(found.getText());
      }
      return inExpression();
    }

    private String inExpression() {
      return switch (type) {
        case RetainParser.PRIME -> "`'` follows the name of a state: `S'` is S after the step";
        case RetainParser.ASSIGN ->
            context instanceof RetainParser.ConditionalContext
                    || context instanceof RetainParser.PrimaryContext
                ? "two values are compared by `==`"
                : null;
        case RetainParser.EQUAL,
            RetainParser.NOT_EQUAL,
            RetainParser.LESS,
            RetainParser.LESS_OR_EQUAL,
            RetainParser.GREATER,
            RetainParser.GREATER_OR_EQUAL ->
            "comparisons do not chain: write `a < b and b < c`";
        case RetainParser.IF -> "put `if ... then ... else ...` in parentheses here";
        case RetainParser.PLUS -> "there is no `+` in front of a value";
        case RetainParser.DOT -> "names have no parts; numbers are written `0.5`";
        default -> null;
      };
    }

    private boolean expects(int wanted) {
      return expected.contains(wanted);
    }
  }

  private static boolean opens(int type) {
    return type == RetainParser.LEFT_PARENTHESIS || type == RetainParser.LEFT_BRACKET;
  }

  private static boolean closes(int type) {
    return type == RetainParser.RIGHT_PARENTHESIS || type == RetainParser.RIGHT_BRACKET;
  }

  private static boolean canBeName(int type) {
    return type == RetainParser.NAME
        || type == RetainParser.STRING
        || type == RetainParser.RIGHT_PARENTHESIS
        || type == RetainParser.RIGHT_BRACKET;
  }

  /** Whether what follows a word shows that the word is meant as a name. */
  private static boolean usedAsName(int next) {
    return switch (next) {
      case RetainParser.ASSIGN,
          RetainParser.COLON,
          RetainParser.COMMA,
          RetainParser.LEFT_BRACKET,
          RetainParser.RIGHT_BRACKET,
          RetainParser.LEFT_PARENTHESIS,
          RetainParser.RIGHT_PARENTHESIS,
          RetainParser.LEFT_BRACE,
          RetainParser.PRIME ->
          true;
      default -> isOperator(next);
    };
  }

  private static boolean isOperator(int type) {
    return type >= RetainParser.EQUAL && type <= RetainParser.POWER && type != RetainParser.MINUS
        || type == RetainParser.PRIME
        || type == RetainParser.RIGHT_PARENTHESIS;
  }
}
