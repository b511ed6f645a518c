package dev.retain.compiler.syntax;

import dev.retain.grammar.RetainParser;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * Goes on after a syntax error at the next item or declaration, so that one slip gives one message
 * and all slips are found. Nothing is inserted or left out on the user's behalf.
 */
final class Recovery extends DefaultErrorStrategy {
  private final SyntaxMessages messages;

  /** The open round and square brackets before each token. */
  private final int[] brackets;

  private int lastReported = -1;

  Recovery(SyntaxMessages messages, TokenStream tokens) {
    this.messages = messages;
    this.brackets = openBrackets(tokens);
  }

  @Override
  public void reportError(Parser parser, RecognitionException e) {
    if (!inErrorRecoveryMode(parser)) {
      report(parser, e.getOffendingToken(), e.getExpectedTokens());
    }
  }

  @Override
  public Token recoverInline(Parser parser) {
    InputMismatchException mismatch = new InputMismatchException(parser);
    if (parser.getContext() instanceof RetainParser.BodyContext body
        && body.getChildCount() == 0
        && mismatch.getExpectedTokens().contains(RetainParser.LEFT_BRACE)
        && (Words.beginsItem(parser.getCurrentToken().getType())
            || beginsDefinition(parser, parser.getCurrentToken()))) {
      // The items would make no sense at top level: read them as if the brace were there.
      reportError(parser, mismatch);
      body.addErrorNode(parser.createErrorNode(body, parser.getCurrentToken()));
      return parser.getCurrentToken();
    }
    throw mismatch;
  }

  @Override
  public void recover(Parser parser, RecognitionException e) {
    while (!isBoundary(parser, parser.getContext())) {
      parser.consume();
    }
  }

  /** Called before every turn of a loop; the loops over items and declarations report here. */
  @Override
  public void sync(Parser parser) {
    ParserRuleContext context = parser.getContext();
    boolean inBraces =
        context instanceof RetainParser.BodyContext
            || context instanceof RetainParser.PresetContext;
    if (!inBraces && !(context instanceof RetainParser.FileContext)) {
      return;
    }
    endErrorCondition(parser);
    IntervalSet expected =
        parser.getATN().nextTokens(parser.getATN().states.get(parser.getState()));
    while (true) {
      Token found = parser.getCurrentToken();
      boolean unclosed = inBraces && (found.getType() == Token.EOF || beginsDeclaration(parser));
      if (!unclosed && expected.contains(found.getType())) {
        return;
      }
      report(parser, found, expected);
      if (unclosed) {
        throw new InputMismatchException(parser);
      }
      do {
        parser.consume();
      } while (!isBoundary(parser, context));
    }
  }

  private void report(Parser parser, Token found, IntervalSet expected) {
    beginErrorCondition(parser);
    if (found.getTokenIndex() != lastReported) {
      lastReported = found.getTokenIndex();
      messages.report(parser.getContext(), found, expected.toList());
    }
  }

  /** Whether parsing can go on here, seen from the rule that failed. */
  private boolean isBoundary(Parser parser, ParserRuleContext failed) {
    Token token = parser.getCurrentToken();
    int type = token.getType();
    if (type == Token.EOF || beginsDeclaration(parser)) {
      return true;
    }
    for (RuleContext context = failed; context != null; context = context.parent) {
      switch (context) {
        case RetainParser.HeaderContext _ when type == RetainParser.LEFT_BRACE -> {
          return true;
        }
        case RetainParser.BodyContext body when body.getChildCount() > 0 -> {
          return type == RetainParser.RIGHT_BRACE
              || Words.beginsItem(type)
              || beginsDefinition(parser, token);
        }
        case RetainParser.PresetContext preset when preset.LEFT_BRACE() != null -> {
          return type == RetainParser.RIGHT_BRACE || beginsDefinition(parser, token);
        }
        default -> {}
      }
    }
    return false;
  }

  /** A layer with a header is a declaration; in braces, {@code layer a = A(d)} is an item. */
  private static boolean beginsDeclaration(Parser parser) {
    TokenStream tokens = parser.getInputStream();
    return Words.onlyBeginsDeclaration(tokens.LA(1))
        || tokens.LA(1) == RetainParser.LAYER
            && tokens.LA(2) == RetainParser.NAME
            && (tokens.LA(3) == RetainParser.LEFT_PARENTHESIS
                || tokens.LA(3) == RetainParser.LEFT_BRACE);
  }

  /** {@code x =}, {@code x:} or {@code x'} where no argument or group can stand. */
  private boolean beginsDefinition(Parser parser, Token token) {
    if (token.getType() != RetainParser.NAME) {
      return false;
    }
    int next = parser.getInputStream().LA(2);
    Token before = parser.getInputStream().LT(-1);
    boolean continues =
        before.getType() == RetainParser.COMMA
            || before.getType() == RetainParser.LEFT_PARENTHESIS
            || before.getType() == RetainParser.LEFT_BRACKET;
    boolean outside = brackets[token.getTokenIndex()] == 0 || before.getLine() < token.getLine();
    return !continues
        && outside
        && (next == RetainParser.ASSIGN
            || next == RetainParser.COLON
            || next == RetainParser.PRIME);
  }

  private static int[] openBrackets(TokenStream tokens) {
    int[] brackets = new int[tokens.size()];
    int open = 0;
    for (int i = 0; i < brackets.length; i++) {
      brackets[i] = open;
      int type = tokens.get(i).getType();
      switch (type) {
        case RetainParser.LEFT_PARENTHESIS, RetainParser.LEFT_BRACKET -> open++;
        case RetainParser.RIGHT_PARENTHESIS, RetainParser.RIGHT_BRACKET ->
            open = Math.max(0, open - 1);
        case RetainParser.LEFT_BRACE, RetainParser.RIGHT_BRACE -> open = 0;
        default -> open = Words.isKeyword(type) && Words.beginsItem(type) ? 0 : open;
      }
    }
    return brackets;
  }
}
