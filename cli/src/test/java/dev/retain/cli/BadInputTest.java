package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user may do wrong: one message, exit code 1, and nothing is written. */
class BadInputTest {
  @TempDir private static Path jars;
  private static Path good;
  private static Path text;

  @TempDir private Path folder;

  @BeforeAll
  static void compile() throws IOException {
    good = jars.resolve("good.jar");
    Outcome.of("compile", Outcome.small(), "-o", good).isFine();
    text = Files.writeString(jars.resolve("text.txt"), "A text.");
  }

  @AfterEach
  void nothingHalfWrittenIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .noneMatch(file -> file.toString().endsWith(".part"))
          .noneMatch(file -> file.toString().endsWith("out.jar"));
    }
  }

  private Outcome compile(Path definition, Object... options) {
    Object[] command = {"compile", definition, "-o", folder.resolve("out.jar")};
    Object[] all = Arrays.copyOf(command, command.length + options.length);
    System.arraycopy(options, 0, all, command.length, options.length);
    return Outcome.of(all);
  }

  private Path definition(String content) throws IOException {
    return Files.writeString(folder.resolve("model.ret"), content);
  }

  @Test
  void anUnknownLayer() throws IOException {
    String content = Files.readString(Outcome.small()).replace("= Embedding(", "= Embeding(");
    compile(definition(content)).saysWrongInput("Embeding", "model.ret:", "^", "Embedding");
  }

  @Test
  void aCyclicImport() throws IOException {
    Files.writeString(folder.resolve("other.ret"), "import \"model.ret\"\n");
    compile(definition("import \"other.ret\"\n")).saysWrongInput("model.ret", "other.ret", "^");
  }

  @Test
  void aDimensionThatDoesNotDivide() {
    compile(Outcome.small(), "--set", "heads=3").saysWrongInput("16", "3");
  }

  @ParameterizedTest
  @CsvSource({"d, 0", "d, -1", "d, many", "d, 1.5", "d, 1e99", "heads, NaN", "depth, 2"})
  void aHyperparameterThatCannotBe(String name, String value) {
    compile(Outcome.small(), "--set", name + "=" + value).saysWrongInput(name);
  }

  @Test
  void anExpressionOfAHundredThousandLevels() throws IOException {
    String deep = "(".repeat(100_000) + "x" + ")".repeat(100_000);
    compile(definition("model M(vocab = 4) {\n  in token: index of vocab\n  out " + deep + "\n}\n"))
        .saysWrongInput("model.ret:3");
  }

  @Test
  void definitionsThatAreNoText() throws IOException {
    Path binary = Files.write(folder.resolve("binary.ret"), new byte[] {'m', (byte) 0xff, 'x'});
    compile(binary).saysWrongInput("UTF-8", "binary.ret");
    compile(folder.resolve("missing.ret")).saysWrongInput("missing.ret");
    compile(folder).saysWrongInput(folder.toString());
  }

  @Test
  void aTextThatIsNotUtf8() throws IOException {
    Path file =
        Files.write(folder.resolve("latin.txt"), "Rätsel".getBytes(StandardCharsets.ISO_8859_1));
    Outcome.of("score", good, "--text", file).saysWrongInput("latin.txt", "UTF-8", "byte 1");
    Outcome.of("score", good, "--text", folder.resolve("no.txt")).saysWrongInput("no.txt");
  }

  private Path weights(String header, int bytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    return Files.write(folder.resolve("w.safetensors"), file.array());
  }

  private static String tensor(String name, int begin, int end) {
    return "\"%s\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[%d,%d]}"
        .formatted(name, begin, end);
  }

  @Test
  void weightsThatAreDamaged() throws IOException {
    Path truncated = weights("{" + tensor("a", 0, 16) + "}", 8);
    compile(Outcome.small(), "--weights", truncated).saysWrongInput("w.safetensors");
    Path overlapping = weights("{" + tensor("a", 0, 16) + "," + tensor("b", 8, 24) + "}", 24);
    compile(Outcome.small(), "--weights", overlapping).saysWrongInput("w.safetensors");
    Path oversized = weights("{" + tensor("a", 0, 16) + "}", 32);
    compile(Outcome.small(), "--weights", oversized).saysWrongInput("w.safetensors");
    Path empty = Files.write(folder.resolve("e.safetensors"), new byte[0]);
    compile(Outcome.small(), "--weights", empty).saysWrongInput("e.safetensors");
  }

  @Test
  void weightsOfAnotherModel() throws IOException {
    Path other = weights("{" + tensor("a", 0, 16) + "}", 16);
    compile(Outcome.small(), "--weights", other).saysWrongInput("missing: Wq", "extra: a");
    compile(Outcome.small(), "--weights", other, "--prefix", "param.").saysWrongInput("param.");
  }

  @Test
  void weightsThatAreNotFinite() throws IOException {
    Path definition =
        definition(
            """
            model Counts(vocab = 4) {
              param table: [vocab] = 0
              in token: index of vocab
              out table
            }
            """);
    Path file = weights("{" + tensor("table", 0, 16) + "}", 16);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
    Files.write(file, bytes);
    compile(definition, "--weights", file).saysWrongInput("table", "NaN");
  }

  @Test
  void aJarThatIsNone() throws IOException {
    for (String command : new String[] {"inspect", "score", "generate"}) {
      run(command, text).saysWrongInput("text.txt", "no jar");
      run(command, folder.resolve("no.jar")).saysWrongInput("no.jar", "no such file");
    }
  }

  private static Outcome run(String command, Path jar) {
    return switch (command) {
      case "score" -> Outcome.of(command, jar, "--text", text);
      case "generate" -> Outcome.of(command, jar, "--prompt", "x", "--max-tokens", "1");
      default -> Outcome.of(command, jar);
    };
  }

  @Test
  void aJarThatIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(good);
    Path damaged = folder.resolve("damaged.jar");
    Files.write(damaged, Arrays.copyOf(bytes, bytes.length / 2));
    run("score", damaged).saysWrongInput("damaged.jar");
    for (int place = 50; place < bytes.length; place += bytes.length / 40) {
      byte[] changed = bytes.clone();
      for (int i = place; i < Math.min(bytes.length, place + 16); i++) {
        changed[i] ^= 0x5a;
      }
      Files.write(damaged, changed);
      Outcome outcome = run("score", damaged);
      assertThat(outcome.code()).as("byte " + place + ": " + outcome.err()).isLessThan(2);
      if (outcome.code() == 1) {
        outcome.saysWrongInput("damaged.jar");
      }
    }
  }

  @Test
  void aTargetThatCannotBeWritten() throws IOException {
    Path nowhere = folder.resolve("no/such/folder/x.jar");
    Outcome.of("compile", Outcome.small(), "-o", nowhere).saysWrongInput("x.jar", "folder");
    Outcome.of("compile", Outcome.small(), "-o", folder).saysWrongInput(folder.toString());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aModelTooLargeForMemory() {
    Path large = jars.resolve("large.jar");
    Outcome.of("compile", Outcome.small(), "-o", large, "--set", "vocab=2000000000").isFine();
    run("score", large).saysWrongInput("needs", "GiB", "available");
    run("generate", large).saysWrongInput("needs", "GiB", "available");
  }

  @Test
  void aVocabularyOfMoreThanBytes() {
    Path many = jars.resolve("many.jar");
    Outcome.of("compile", Outcome.small(), "-o", many, "--set", "vocab=300").isFine();
    run("generate", many).saysWrongInput("vocabulary of 300", "vocab=256");
  }

  @Test
  void aVocabularyWithoutAllBytes() {
    Path few = jars.resolve("few.jar");
    Outcome.of("compile", Outcome.small(), "-o", few, "--set", "vocab=100").isFine();
    run("generate", few).saysWrongInput("vocabulary", "120");
    run("score", few).saysWrongInput("text.txt", "offset 2", "116", "vocab=256");
  }
}
