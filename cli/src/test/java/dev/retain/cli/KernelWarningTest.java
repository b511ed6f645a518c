package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A JVM that does not compile kernels as it should is noticed, and no other. */
class KernelWarningTest {
  private static final String WARNING = "the JVM has not compiled kernels as it should";

  @TempDir private static Path folder;
  private static Path jar;
  private static Path text;

  @BeforeAll
  static void compile() throws IOException {
    jar = folder.resolve("small.jar");
    Outcome.of("compile", Outcome.small(), "-o", jar, "--seed", "3").isFine();
    text = Files.writeString(folder.resolve("text.txt"), "It is a truth. ".repeat(150_000));
  }

  @Test
  void aJvmThatInterpretsKernels() throws IOException, InterruptedException {
    assertThat(errors("-XX:TieredStopAtLevel=1", "score", "--text", text))
        .contains(WARNING, "in the chunkwise form", "because of -XX:TieredStopAtLevel=1");
  }

  @Test
  void kernelsOfOneKindThatAreNeverCompiled() throws IOException, InterruptedException {
    assertThat(
            errors(
                "-XX:CompileCommand=exclude,dev.retain.generated.small.Contract*::*",
                "generate",
                "--prompt",
                "a",
                "--max-tokens",
                3_000_000))
        .contains(WARNING, "in the recurrent form", "because of -XX:CompileCommand=exclude");
  }

  /** Nor does it matter what the JVM has counted of the calls in a kernel. */
  @Test
  void aJvmThatCompilesThem() throws IOException, InterruptedException {
    Path json = folder.resolve("score.json");
    assertThat(errors(json, "-XX:-UseTypeProfile", "score", "--json", "--text", text))
        .doesNotContain(WARNING);
    double seconds = JsonMapper.shared().readTree(Files.readString(json)).get("seconds").asDouble();
    assertThat(seconds).as("long enough for the check").isGreaterThan(4);
  }

  private static String errors(String flag, Object... arguments)
      throws IOException, InterruptedException {
    return errors(folder.resolve("output"), flag, arguments);
  }

  /** What a command on the jar says on standard error, until it ends or has warned. */
  private static String errors(Path output, String flag, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:CompileCommand=quiet",
                flag,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                arguments[0].toString(),
                jar.toString()));
    for (int i = 1; i < arguments.length; i++) {
      command.add(arguments[i].toString());
    }
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    while (process.isAlive() && !Files.readString(errors).contains(WARNING)) {
      Thread.sleep(100);
    }
    process.destroy();
    return Files.readString(errors);
  }
}
