package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.RetFiles;
import dev.retain.grammar.RetainLexer;
import dev.retain.grammar.RetainParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No text can be read in two ways: ANTLR looks for a second one wherever it has to choose. */
class GrammarAmbiguityTest {
  static List<Path> files() {
    return RetFiles.right();
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsEveryFileInOneWay(Path file) throws IOException {
    assertThat(complaints(Files.readString(file))).isEmpty();
  }

  @Test
  void readsRandomExpressionsInOneWay() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    for (int i = 0; i < 300; i++) {
      String expression = SyntaxPrinter.print(RandomExpressions.next(random, 5));
      assertThat(complaints("layer A { x = " + expression + " out x }")).isEmpty();
    }
  }

  @Test
  void seesErrorsAtAll() {
    assertThat(complaints("layer A { x = }")).hasSize(1);
  }

  private static List<String> complaints(String text) {
    RetainParser parser =
        new RetainParser(new CommonTokenStream(new RetainLexer(CharStreams.fromString(text))));
    List<String> complaints = new ArrayList<>();
    parser.removeErrorListeners();
    parser.addErrorListener(
        new BaseErrorListener() {
          @Override
          public void syntaxError(
              Recognizer<?, ?> recognizer,
              Object token,
              int line,
              int column,
              String message,
              RecognitionException e) {
            complaints.add("line " + line + ": " + message);
          }

          @Override
          public void reportAmbiguity(
              Parser recognizer,
              DFA dfa,
              int start,
              int stop,
              boolean exact,
              BitSet alternatives,
              ATNConfigSet configurations) {
            complaints.add(
                "ambiguous: "
                    + parser.getRuleNames()[dfa.atnStartState.ruleIndex]
                    + " "
                    + alternatives
                    + " at "
                    + parser.getTokenStream().get(start));
          }
        });
    parser.getInterpreter().clearDFA();
    parser.getInterpreter().setPredictionMode(PredictionMode.LL_EXACT_AMBIG_DETECTION);
    parser.file();
    return complaints;
  }
}
