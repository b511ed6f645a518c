package dev.retain.compiler.syntax;

import dev.retain.grammar.RetainParser;
import java.util.HashSet;
import java.util.Set;
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

  /** The round and square brackets, and the braces, that are open before each token. */
  private final int[] brackets;

  private final int[] braces;

  /** The bodies whose items are being read, whether or not their brace was there. */
  private final Set<RuleContext> inOpenBraces = new HashSet<>();

  private int lastReported = -1;

  Recovery(SyntaxMessages messages, TokenStream tokens) {
    this.messages = messages;
    this.brackets = new int[tokens.size()];
    this.braces = new int[tokens.size()];
    countOpen(tokens);
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
    if (messages.wasMeantAsName(parser.getCurrentToken())) {
      parser.consume();
    }
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
    if (inBraces) {
      inOpenBraces.add(context);
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
        case RetainParser.BodyContext body when inOpenBraces.contains(body) -> {
          return type == RetainParser.RIGHT_BRACE
              || Words.beginsItem(type)
              || beginsDefinition(parser, token)
              || Words.isKeyword(type) && parser.getInputStream().LA(2) == RetainParser.ASSIGN;
        }
        case RetainParser.PresetContext preset when inOpenBraces.contains(preset) -> {
          return type == RetainParser.RIGHT_BRACE || beginsDefinition(parser, token);
        }
        default -> {}
      }
    }
    return type == RetainParser.LAYER && braces[token.getTokenIndex()] == 0;
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

  private void countOpen(TokenStream tokens) {
    int openBrackets = 0;
    int openBraces = 0;
    for (int i = 0; i < brackets.length; i++) {
      int type = tokens.get(i).getType();
      openBraces = Words.onlyBeginsDeclaration(type) ? 0 : openBraces;
      brackets[i] = openBrackets;
      braces[i] = openBraces;
      switch (type) {
        case RetainParser.LEFT_PARENTHESIS, RetainParser.LEFT_BRACKET -> openBrackets++;
        case RetainParser.RIGHT_PARENTHESIS, RetainParser.RIGHT_BRACKET ->
            openBrackets = Math.max(0, openBrackets - 1);
        case RetainParser.LEFT_BRACE -> {
          openBrackets = 0;
          openBraces++;
        }
        case RetainParser.RIGHT_BRACE -> {
          openBrackets = 0;
          openBraces = Math.max(0, openBraces - 1);
        }
        default -> openBrackets = Words.beginsItem(type) ? 0 : openBrackets;
      }
    }
  }
}
