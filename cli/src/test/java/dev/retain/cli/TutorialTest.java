package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the tutorial shows is what the commands write, but for times and speeds. */
class TutorialTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern MODEL = block("retain", "(?=import)");
  private static final Pattern CONSOLE = block("console", "");
  private static final Pattern COMMAND =
      Pattern.compile("^\\$ ./retain (.*)\\R((?:(?!\\$ ).*(?:\\R|\\z))*)", Pattern.MULTILINE);
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** The wrong files, as what is replaced in the right one. */
  private static final Map<String, List<String>> SLIPS =
      Map.of(
          "square.ret",
          List.of("decay * s + x", "decay * s * s + x"),
          "slip.ret",
          List.of("read(", "raed("));

  @TempDir private static Path folder;

  private static Pattern block(String language, String begin) {
    return Pattern.compile(
        "^```" + language + "\\R(" + begin + ".*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  }

  @TestFactory
  List<DynamicTest> commandsWriteWhatIsShown() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/tutorial.md"));
    Matcher model = MODEL.matcher(text);
    assertThat(model.find()).isTrue();
    Files.writeString(folder.resolve("memory.ret"), model.group(1));
    for (Map.Entry<String, List<String>> slip : SLIPS.entrySet()) {
      String wrong = model.group(1).replace(slip.getValue().getFirst(), slip.getValue().getLast());
      Files.writeString(folder.resolve(slip.getKey()), wrong);
    }
    Files.copy(ROOT.resolve("LICENSE"), folder.resolve("LICENSE"));
    List<DynamicTest> tests = new ArrayList<>();
    CONSOLE
        .matcher(text)
        .results()
        .forEach(block -> {
          for (MatchResult command : COMMAND.matcher(block.group(1)).results().toList()) {
            tests.add(
                DynamicTest.dynamicTest(
                    command.group(1), () -> compare(command.group(1), command.group(2))));
          }
        });
    assertThat(tests).hasSizeGreaterThan(5);
    return tests;
  }

  private static void compare(String command, String shown) {
    Object[] arguments =
        WORD.matcher(command)
            .results()
            .map(word -> word.group(1) != null ? word.group(1) : placed(word.group(2)))
            .toArray();
    Outcome outcome = Outcome.onTerminal(arguments);
    String written =
        (outcome.code() == 0 ? outcome.out() : outcome.err()).replace(folder + "/", "");
    if (shown.endsWith("...\n")) {
      assertThat(stable(written)).startsWith(stable(shown.substring(0, shown.length() - 4)));
    } else {
      assertThat(stable(written)).isEqualTo(stable(shown));
    }
  }

  private static Object placed(String word) {
    boolean isFile = word.equals("LICENSE") || word.matches("\\w+\\.(ret|jar)|\\w+-run");
    return isFile ? folder.resolve(word) : word;
  }

  /** Without measured numbers, and without the digits in which vectors of other lengths differ. */
  private static String stable(String text) {
    return Arrays.stream(text.split("\\R"))
        .map(line ->
            line.startsWith("speed") || line.contains("compiled in")
                ? line.replaceAll("[0-9.,]+", "#")
                : line)
        .map(line -> line.replaceAll("(\\.\\d{3})\\d+", "$1"))
        .reduce("", (before, line) -> before + line + "\n");
  }
}
