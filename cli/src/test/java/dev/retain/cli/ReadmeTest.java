package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows of the library runs as it stands there, with the options named there. */
class ReadmeTest {
  private static final Path SOURCE = Path.of("src/test/java/dev/retain/cli/ReadmeExample.java");

  @TempDir private Path folder;

  @Test
  void theExampleIsTheProgramThatIsTested() throws IOException {
    String program = found(SOURCE, "// README begins\\R(.*?)\\R *// README ends");
    assertThat(found(Path.of("../README.md"), "```java\\R(.*?)\\R```"))
        .isEqualTo(program.stripIndent());
  }

  @Test
  void theExampleRuns() throws IOException, InterruptedException {
    Outcome.of("compile", Outcome.small(), "-o", folder.resolve("model.jar"), "--seed", 1).isFine();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String options = found(Path.of("../README.md"), "The JVM needs `([^`]*)`");
    command.addAll(List.of(options.split("\\s+")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ReadmeExample.class.getName());
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    assertThat(out).content().endsWith("[1, 6, 256]\n");
    State state = State.load(folder.resolve("after-six-tokens.safetensors"));
    assertThat(state.positions()).containsExactly(6);
  }

  private static String found(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(file));
    assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
    return matcher.group(1);
  }
}
