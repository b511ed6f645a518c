package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.grammar.RetainLexer;
import dev.retain.grammar.RetainParser;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** Reads the text of a file. */
public final class Parser {
  private Parser() {}

  /**
   * Reads a file and reports all of its syntax errors.
   *
   * @return the tree; without imports and declarations when there is a syntax error
   */
  public static SourceFile parse(Source source, Diagnostics diagnostics) {
    SyntaxErrors errors = new SyntaxErrors();
    SourceFile file = new SourceFile(source, List.of(), List.of());
    try {
      file = parse(source, errors);
    } catch (ParseCancellationException tooManyErrors) {
      // The last error says so.
    }
    if (errors.any()) {
      file = new SourceFile(source, List.of(), List.of());
    }
    errors.moveTo(diagnostics);
    return file;
  }

  private static SourceFile parse(Source source, SyntaxErrors errors) {
    Places places = new Places(source);
    RetainLexer lexer = new RetainLexer(CharStreams.fromString(source.text()));
    CommonTokenStream tokens = new CommonTokenStream(lexer);
    tokens.fill();
    new ForeignTokens(tokens.getTokens(), places, errors).reportAndRepair();
    tokens.seek(0);
    Optional<Token> tooDeep = Nesting.tooDeep(tokens.getTokens());
    if (tooDeep.isPresent()) {
      errors.add(Code.TOO_DEEP, places.of(tooDeep.get()), Nesting.MESSAGE).help(Nesting.HELP);
      return new SourceFile(source, List.of(), List.of());
    }
    RetainParser parser = new RetainParser(tokens);
    parser.removeErrorListeners();
    parser.setErrorHandler(new Recovery(new SyntaxMessages(tokens, places, errors), tokens));
    RetainParser.FileContext tree = parser.file();
    return errors.any()
        ? new SourceFile(source, List.of(), List.of())
        : new TreeBuilder(source, tokens, places, errors).file(tree);
  }
}
