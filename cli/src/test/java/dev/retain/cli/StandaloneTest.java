package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.Compiler;
import dev.retain.runtime.launch.SelfLauncher;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar that runs by itself, in a process and a folder of its own. */
class StandaloneTest {
  private static final int JAVA_11 = 55;

  @TempDir private static Path folder;
  private static Path jar;

  @BeforeAll
  static void compile() throws IOException {
    jar = folder.resolve("small.jar");
    Outcome.of("compile", Outcome.small(), "-o", jar, "--standalone").isFine();
    Files.writeString(folder.resolve("text.txt"), "A text to read. ".repeat(20));
  }

  private static Outcome java(String... arguments) throws Exception {
    return java(List.of(), arguments);
  }

  private static Outcome java(List<String> flags, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-jar", "small.jar"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    Outcome outcome =
        new Outcome(
            process.exitValue(),
            Files.readString(out, StandardCharsets.UTF_8),
            Files.readString(err, StandardCharsets.UTF_8));
    Files.delete(out);
    Files.delete(err);
    return outcome;
  }

  @Test
  void itScoresAndGeneratesWithNothingButAJdk() throws Exception {
    double bits =
        java("score", "--text", "text.txt", "--json")
            .isFine()
            .json()
            .get("bits_per_byte")
            .asDouble();
    assertThat(bits)
        .isEqualTo(
            Outcome.of("score", jar, "--text", folder.resolve("text.txt"), "--json")
                .isFine()
                .json()
                .get("bits_per_byte")
                .asDouble());
    assertThat(java("generate", "--prompt", "A ", "--max-tokens", "4", "--json").isFine().out())
        .isNotBlank();
  }

  /** As on a JVM that does not have it, and so is not started again with it. */
  @Test
  void itScoresWithoutTheModuleOfVectors() throws Exception {
    Outcome outcome =
        java(
            List.of(
                "-Dretain.started.again=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"),
            "score",
            "--text",
            "text.txt",
            "--json");
    double expected =
        Outcome.of("score", jar, "--text", folder.resolve("text.txt"), "--json")
            .isFine()
            .json()
            .get("bits_per_byte")
            .asDouble();
    assertThat(outcome.isFine().json().get("bits_per_byte").asDouble())
        .isCloseTo(expected, within(1e-5));
    assertThat(outcome.err())
        .isEqualToIgnoringNewLines(
            "retain: this JVM runs without the module jdk.incubator.vector, so kernels use no"
                + " vectors and take several times as long; start java with --add-modules"
                + " jdk.incubator.vector");
  }

  @Test
  void itHasHelpAndExitCodes() throws Exception {
    assertThat(java("--help").isFine().out())
        .contains("java -jar small.jar", "generate")
        .doesNotContain("compile");
    assertThat(java("--version").isFine().out()).startsWith("Retain " + Compiler.VERSION);
    assertThat(java("score").code()).isEqualTo(2);
    java("score", "--text", "no.txt").saysWrongInput("no.txt");
  }

  @Test
  void anOldJvmCanLoadItsLauncher() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(file.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo(SelfLauncher.class.getName());
      String entry = SelfLauncher.class.getName().replace('.', '/') + ".class";
      try (DataInputStream bytes = new DataInputStream(file.getInputStream(file.getEntry(entry)))) {
        assertThat(bytes.readInt()).isEqualTo(0xcafebabe);
        bytes.readUnsignedShort();
        assertThat(bytes.readUnsignedShort()).isEqualTo(JAVA_11);
      }
    }
  }

  @Test
  void itCarriesNeitherTheCompilerNorNd4j() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(file.stream().map(entry -> entry.getName()))
          .noneMatch(name -> name.startsWith("dev/retain/compiler/"))
          .noneMatch(name -> name.startsWith("org/nd4j/"))
          .noneMatch(name -> name.startsWith("org/objectweb/"))
          .anyMatch(
              name -> name.startsWith("META-INF/licenses/picocli") || name.startsWith("picocli/"));
    }
    assertThat(Files.size(jar)).isLessThan(5_000_000);
  }
}
