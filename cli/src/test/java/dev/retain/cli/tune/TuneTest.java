package dev.retain.cli.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.cli.Outcome;
import dev.retain.compiler.Compilation;
import dev.retain.compiler.Compiler;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Choice;
import dev.retain.compiler.tuning.Machine;
import dev.retain.compiler.tuning.Tuning;
import dev.retain.compiler.tuning.TuningCache;
import dev.retain.compiler.tuning.TuningKey;
import dev.retain.runtime.memory.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The search, and what compiling and training make of it. */
class TuneTest {
  private static final String CACHE = "retain.cache";

  @TempDir Path folder;
  private String before;
  private Path jar;
  private Path text;

  @BeforeEach
  void useOwnCache() throws IOException {
    before = System.getProperty(CACHE);
    System.setProperty(CACHE, folder.resolve("cache").toString());
    jar = folder.resolve("small.jar");
    text = Files.writeString(folder.resolve("text.txt"), "It is a truth universally. ".repeat(80));
  }

  @AfterEach
  void useThatOfTheTestsAgain() {
    System.setProperty(CACHE, before);
  }

  private Outcome compile(Object... more) {
    Object[] command = {"compile", Outcome.small(), "-o", jar};
    return Outcome.of(Stream.concat(Stream.of(command), Stream.of(more)).toArray()).isFine();
  }

  /** As if it had been measured. */
  private Path tuned(int reading, int training) {
    Machine machine = Machine.current();
    Tiling tiling = Tiling.candidates(machine.width().bits()).get(2);
    return TuningCache.ofUser()
        .write(
            TuningKey.of(
                Compiler.VERSION,
                machine,
                Compilation.of(Outcome.small(), Map.of()).model(),
                ElementType.F32),
            new Tuning(
                machine.width(),
                new Choice(reading, tiling),
                new Choice(training, tiling),
                Optional.of("2026-11-27")));
  }

  private JsonNode score(Object... more) {
    Object[] command = {"score", jar, "--text", text, "--json"};
    return Outcome.of(Stream.concat(Stream.of(command), Stream.of(more)).toArray()).isFine().json();
  }

  @Test
  void aSearchIsKeptForTheNextCompile() {
    assertThat(compile().err()).isEmpty();

    Outcome outcome = Outcome.of("tune", Outcome.small(), "--quick", "--json").isFine();

    JsonNode reading = outcome.json().get("reading");
    assertThat(reading.get("tried").size()).isGreaterThanOrEqualTo(9);
    assertThat(reading.get("usual").get("tokens_per_second").asDouble()).isPositive();
    assertThat(outcome.json().get("file").asString()).startsWith(folder.toString());
    assertThat(outcome.json().has("training")).isFalse();
    assertThat(compile().err())
        .startsWith("Tuned: chunks of ")
        .contains("measured 20")
        .hasLineCount(1);
    JsonNode chosen = reading.get(reading.get("taken").asBoolean() ? "best" : "usual");
    assertThat(score().get("chunk").asInt()).isEqualTo(chosen.get("chunk").asInt());
  }

  @Test
  void theJarHasWhatWasFoundAndAnOptionWins() {
    compile();
    double usual = score().get("bits_per_byte").asDouble();
    assertThat(score().get("chunk").asInt()).isEqualTo(64);

    tuned(24, 40);

    assertThat(compile().err()).startsWith("Tuned: chunks of 24, tiles");
    assertThat(score().get("chunk").asInt()).isEqualTo(24);
    assertThat(score("--chunk", 8).get("chunk").asInt()).isEqualTo(8);
    assertThat(score().get("bits_per_byte").asDouble()).isCloseTo(usual, within(1e-5));
    assertThat(Outcome.of("inspect", jar).isFine().out()).contains("tuned: chunks of 24, tiles");
    assertThat(Outcome.of("inspect", jar, "--json").isFine().json().get("chunk").asInt())
        .isEqualTo(24);
  }

  @Test
  void whatWasMeasuredForOtherShapesIsNotUsedAndALineSaysWhy() {
    tuned(24, 40);
    assertThat(compile("--set", "d=32").err())
        .isEqualTo(
            "Not tuned: Small was tuned for d=16, here d=32. To tune this: retain tune %s --set d=32%n"
                .formatted(Outcome.small()));
    assertThat(score().get("chunk").asInt()).isEqualTo(64);
    assertThat(compile("--dtype", "f64").err()).contains("for f32, here f64", "--dtype f64");
  }

  @Test
  void onDemandNothingIsUsedOrToldOfIt() {
    assertThat(compile("--tuning", "say").err())
        .contains("Not tuned: Small was never tuned. To do so: retain tune ");
    tuned(24, 40);
    assertThat(compile("--tuning", "off").err()).isEmpty();
    assertThat(score().get("chunk").asInt()).isEqualTo(64);
    Outcome wrong = Outcome.of("compile", Outcome.small(), "-o", jar, "--tuning", "on");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("auto, say or off");
  }

  @Test
  void aDamagedFileIsToldInALineAndIgnored() throws IOException {
    Path file = tuned(24, 40);
    Files.writeString(file, Files.readString(file).substring(0, 40));
    assertThat(compile().err())
        .startsWith("Not tuned, since what was measured cannot be read: " + file)
        .doesNotContain("\tat ")
        .hasLineCount(1);
    assertThat(score().get("chunk").asInt()).isEqualTo(64);
  }

  private Outcome train(String name, Object... more) {
    Object[] command = {
      "train",
      Outcome.small(),
      "--data",
      text,
      "--batch",
      2,
      "--length",
      96,
      "--every",
      2,
      "--sample-length",
      8,
      "--out",
      folder.resolve(name)
    };
    return Outcome.of(Stream.concat(Stream.of(command), Stream.of(more)).toArray()).isFine();
  }

  private byte[] weights(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
  }

  @Test
  void aRunGoesOnAsItWasBegunWhateverIsMeasuredMeanwhile() throws IOException {
    Path file = tuned(24, 40);
    assertThat(train("whole", "--steps", 4).err()).contains("Tuned: chunks of 40, tiles");
    train("parts", "--steps", 4, "--stop-at", 2);
    Files.delete(file);
    assertThat(train("parts", "--steps", 4, "--resume").err()).doesNotContain("uned: ");
    assertThat(weights("parts")).isEqualTo(weights("whole"));
    jar = folder.resolve("parts").resolve("model.jar");
    assertThat(score().get("chunk").asInt()).isEqualTo(24);
  }

  @Test
  void aModelWithoutChunksHasNothingToChoose() {
    Outcome outcome = Outcome.of("tune", "src/test/resources/gated.ret");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("has no chunkwise form").doesNotContain("\tat ");
  }
}
