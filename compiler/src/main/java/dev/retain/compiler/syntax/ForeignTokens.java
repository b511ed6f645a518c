package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.grammar.RetainParser;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Reports what is no token of the language, and repairs it to what was probably meant, so that the
 * parser does not stumble over it again.
 */
final class ForeignTokens {
  /** What the language writes for an operator or sign of another one. */
  private record Repair(int type, String help) {}

  private static final int DROP = -2;

  private static final Map<String, Repair> REPAIRS =
      Map.ofEntries(
          Map.entry("**", new Repair(RetainParser.POWER, "a power is written `a ^ b`")),
          Map.entry("&&", new Repair(RetainParser.AND, "write `and`")),
          Map.entry("||", new Repair(RetainParser.OR, "write `or`")),
          Map.entry("!", new Repair(RetainParser.NOT, "write `not`")),
          Map.entry("%", new Repair(RetainParser.TIMES, "there is no remainder")),
          Map.entry(":=", new Repair(RetainParser.ASSIGN, "a value is named by `x = ...`")),
          Map.entry("+=", new Repair(RetainParser.ASSIGN, unchanging("+"))),
          Map.entry("-=", new Repair(RetainParser.ASSIGN, unchanging("-"))),
          Map.entry("*=", new Repair(RetainParser.ASSIGN, unchanging("*"))),
          Map.entry("/=", new Repair(RetainParser.ASSIGN, unchanging("/"))),
          Map.entry("++", new Repair(RetainParser.PLUS, "write `+`")),
          Map.entry(";", new Repair(DROP, "nothing separates items; leave it out")),
          Map.entry("#", new Repair(DROP, "a comment is written `// ...`")),
          Map.entry("/*", new Repair(DROP, "a comment is written `// ...`, on every line")),
          Map.entry("\u2212", new Repair(RetainParser.MINUS, "write `-`")),
          Map.entry("\u2013", new Repair(RetainParser.MINUS, "write `-`")),
          Map.entry("\u00D7", new Repair(RetainParser.TIMES, "write `*`")),
          Map.entry("\u00B7", new Repair(RetainParser.TIMES, "write `*`")),
          Map.entry("\u22C5", new Repair(RetainParser.TIMES, "write `*`")),
          Map.entry("\u00F7", new Repair(RetainParser.DIVIDE, "write `/`")),
          Map.entry("\u2032", new Repair(RetainParser.PRIME, "write `'`")),
          Map.entry("\u2019", new Repair(RetainParser.PRIME, "write `'`")),
          Map.entry("\u2264", new Repair(RetainParser.LESS_OR_EQUAL, "write `<=`")),
          Map.entry("\u2265", new Repair(RetainParser.GREATER_OR_EQUAL, "write `>=`")),
          Map.entry("\u2260", new Repair(RetainParser.NOT_EQUAL, "write `!=`")));

  private final List<Token> tokens;
  private final Places places;
  private final SyntaxErrors errors;

  ForeignTokens(List<Token> tokens, Places places, SyntaxErrors errors) {
    this.tokens = tokens;
    this.places = places;
    this.errors = errors;
  }

  void reportAndRepair() {
    for (int i = 0; i < tokens.size(); i++) {
      CommonToken token = (CommonToken) tokens.get(i);
      switch (token.getType()) {
        case RetainParser.BAD_NUMBER -> {
          error(Code.BAD_NUMBER, token, "`" + shown(token) + "` is neither a number nor a name")
              .help("numbers are written `1`, `0.5`, `1e-6`; names do not start with a digit");
          token.setType(RetainParser.NUMBER);
        }
        case RetainParser.OPEN_STRING -> {
          error(Code.OPEN_STRING, token, "a text in quotes does not end on its line")
              .help("add the closing `\"`");
          token.setType(RetainParser.STRING);
        }
        case RetainParser.FOREIGN_OPERATOR, RetainParser.UNKNOWN -> i = foreign(i);
        default -> {}
      }
    }
  }

  /** Returns the index of the last token that was dealt with. */
  private int foreign(int index) {
    CommonToken token = (CommonToken) tokens.get(index);
    String text = token.getText();
    int last =
        text.equals("#") ? lastOfLine(index) : text.equals("/*") ? endOfComment(index) : index;
    Repair repair = REPAIRS.get(text);
    if (repair != null) {
      error(Code.UNKNOWN_CHARACTER, token, "`" + text + "` does not belong to the language")
          .help(repair.help);
      token.setType(repair.type == DROP ? RetainParser.UNKNOWN : repair.type);
    } else {
      last = lastOfRun(index);
      unknown(token, (CommonToken) tokens.get(last));
    }
    if (token.getType() == RetainParser.UNKNOWN
        || token.getType() == RetainParser.FOREIGN_OPERATOR) {
      for (int i = index; i <= last; i++) {
        ((CommonToken) tokens.get(i)).setChannel(Token.HIDDEN_CHANNEL);
      }
    }
    return last;
  }

  private void unknown(CommonToken first, CommonToken last) {
    int character = first.getText().codePointAt(0);
    String shown =
        Character.isISOControl(character)
                || Character.getType(character) == Character.FORMAT
                || Character.isSpaceChar(character)
                || Character.getType(character) == Character.NON_SPACING_MARK
            ? "the character U+%04X (%s)"
                .formatted(character, String.valueOf(Character.getName(character)).toLowerCase())
            : "`" + first.getText() + "`";
    errors
        .foreign(
            Code.UNKNOWN_CHARACTER,
            places.of(first, last),
            shown + " does not belong to the language")
        .help("leave it out; names are letters, digits and `_`");
  }

  private int lastOfRun(int index) {
    int last = index;
    while (tokens.get(last + 1).getType() == RetainParser.UNKNOWN
        && !REPAIRS.containsKey(tokens.get(last + 1).getText())
        && tokens.get(last + 1).getStartIndex() == tokens.get(last).getStopIndex() + 1) {
      last++;
    }
    return last;
  }

  private int lastOfLine(int index) {
    int last = index;
    while (tokens.get(last + 1).getLine() == tokens.get(index).getLine()
        && tokens.get(last + 1).getType() != Token.EOF) {
      last++;
    }
    return last;
  }

  private int endOfComment(int index) {
    for (int i = index; i < tokens.size(); i++) {
      if (tokens.get(i).getText().equals("*/")) {
        return i;
      }
    }
    return lastOfLine(index);
  }

  private Diagnostics.Report error(Code code, Token token, String message) {
    return errors.foreign(code, places.of(token), message);
  }

  private static String shown(Token token) {
    return Words.shortened(token.getText());
  }

  private static String unchanging(String operator) {
    return "a value does not change; give the new one a name: `y = x " + operator + " ...`";
  }
}
