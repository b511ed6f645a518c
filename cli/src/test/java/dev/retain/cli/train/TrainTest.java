package dev.retain.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retain.cli.compile.CompileCommands;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.Program;
import dev.retain.cli.run.RunCommands;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTest {
  private static final Path DEFINITION = Path.of("src/test/resources/bigram.ret").toAbsolutePath();

  @TempDir Path folder;
  private Path text;

  /** What a command did. */
  private record Outcome(int code, String out, String err) {
    Outcome isFine() {
      assertThat(code).as(err).isZero();
      return this;
    }

    Outcome says(int expected, String... parts) {
      assertThat(code).as(err).isEqualTo(expected);
      assertThat(err).contains(parts).doesNotContain("\tat ").doesNotContain("Exception");
      return this;
    }

    Map<?, ?> json() {
      return (Map<?, ?>) Json.read(out.lines().reduce("", (before, last) -> last));
    }
  }

  private Outcome run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    Program program = new Program("retain", console, CompileCommands::explain);
    RunCommands.addTo(program, console);
    TrainCommands.addTo(program, console);
    int code = program.run(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A short run in a folder of that name. */
  private Outcome train(String name, Object... more) {
    return train(0.1, 10, name, more);
  }

  private Outcome train(double rate, int every, String name, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "train",
                DEFINITION,
                "--data",
                text,
                "--steps",
                30,
                "--batch",
                2,
                "--length",
                40,
                "--lr",
                rate,
                "--every",
                every,
                "--sample-length",
                40,
                "--out",
                folder.resolve(name)));
    arguments.addAll(List.of(more));
    return run(arguments.toArray());
  }

  @BeforeEach
  void writeText() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("It is a truth universally acknowledged, number ").append(i).append(".\n");
    }
    text = Files.writeString(folder.resolve("text.txt"), lines);
  }

  @Test
  void aJarComesOutThatScoresAsWasReported() throws IOException {
    Outcome outcome = train("run", "--json").isFine();
    Map<?, ?> json = outcome.json();
    assertThat(json.get("ending")).isEqualTo("finished");
    assertThat(json.get("step")).isEqualTo(30L);
    double reported = (Double) json.get("bits_per_byte");
    assertThat(reported).isBetween(0.5, 5.0);
    long heldOut = (Long) json.get("held_out_tokens");
    byte[] bytes = Files.readAllBytes(text);
    Path rest =
        Files.write(
            folder.resolve("rest.txt"),
            Arrays.copyOfRange(bytes, bytes.length - bytes.length / 10, bytes.length));
    Outcome score =
        run("score", folder.resolve("run/model.jar"), "--text", rest, "--json").isFine();
    assertThat(score.json().get("tokens")).isEqualTo(heldOut);
    assertThat((Double) score.json().get("bits_per_byte")).isCloseTo(reported, within(1e-5));
    assertThat(outcome.err())
        .contains("Bigram: 4,096 parameters")
        .contains("held out (the last 10.0 % of the data)")
        .contains("Held out, all %,d tokens".formatted(heldOut));
    assertThat(folder.resolve("run"))
        .isDirectoryContaining("glob:**/report.html")
        .isDirectoryContaining("glob:**/metrics.jsonl")
        .isDirectoryContaining("glob:**/train.log");
    assertThat(Files.readAllLines(folder.resolve("run/samples.jsonl"))).hasSize(3);
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve("run/model.safetensors"))) {
      assertThat(weights.names()).containsExactly("embed.weight", "readout.weight");
    }
  }

  @Test
  void aRunThatWasStoppedEndsWithTheSameBits() throws IOException {
    train("whole", "--accumulate", 2).isFine();
    Outcome stopped = train("parts", "--accumulate", 2, "--stop-at", 7).isFine();
    assertThat(stopped.err())
        .contains("Stopped after step 7. Go on with: retain train ")
        .contains("--stop-at 7 --resume\n");
    assertThat(folder.resolve("parts/model.jar")).doesNotExist();
    train("parts", "--accumulate", 2, "--stop-at", 10, "--resume").isFine();
    Outcome end = train("parts", "--accumulate", 2, "--resume").isFine();
    assertThat(end.err()).contains("Resuming after step 10.");
    for (String file :
        List.of(
            "model.jar",
            "model.safetensors",
            "metrics.jsonl",
            "samples.jsonl",
            "report.html",
            "checkpoints/best.safetensors",
            "checkpoints/step-00000030.safetensors")) {
      assertThat(folder.resolve("parts").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    Files.delete(folder.resolve("parts/model.jar"));
    train("parts", "--accumulate", 2, "--resume").isFine();
    assertThat(folder.resolve("parts/model.jar"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.jar"));
  }

  @Test
  void aRunIsNeitherOverwrittenNorResumedWithOtherSettings() throws IOException {
    train("run", "--stop-at", 3).isFine();
    train("run").says(1, "already holds a run; give --resume");
    train("run", "--resume", "--clip", 1).says(1, "--clip was 2.0 and is now 1.0");
    Files.writeString(text, "It is another text altogether.");
    train("run", "--resume").says(1, "the data was ", "the held-out data was ");
  }

  @Test
  void numbersThatAreNoneEndTheRunAndLeaveItsLastCheckpoint() throws IOException {
    Outcome outcome =
        train(3e17, 1, "wild", "--warmup", 30)
            .says(
                1,
                "retain: step ",
                "is NaN, first in what readout.weight is used for",
                "Try another --out with a lower --lr");
    Path kept = lastCheckpoint("wild");
    assertThat(outcome.err())
        .contains("the checkpoint %s is kept".formatted(kept))
        .contains("--init %s --prefix weight.".formatted(kept));
    assertThat(folder.resolve("wild/train.log")).content().contains("first in what");
    train(3e17, 1, "wild", "--warmup", 30, "--resume").says(1, "is NaN", kept + " is kept");
    train("tame", "--init", kept, "--prefix", "weight.", "--stop-at", 1).isFine();
    train(1e30, 10, "sudden", "--warmup", 0).says(1, "step 2: ", "there is no checkpoint yet");
  }

  @Test
  void aDamagedBestCheckpointIsNoDeadEnd() throws IOException {
    train("run").isFine();
    Path best = folder.resolve("run/checkpoints/best.safetensors");
    byte[] bytes = Files.readAllBytes(best);
    bytes[bytes.length / 2] ^= 1;
    Files.write(best, bytes);
    train("run", "--resume")
        .says(1, best + ": the checkpoint is damaged", "or delete it, and --resume takes");
    Files.delete(best);
    train("run", "--resume").isFine();
  }

  private Path lastCheckpoint(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name).resolve("checkpoints"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("step-"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  @Test
  void nothingToResumeIsABeginning() {
    assertThat(train("new", "--resume", "--stop-at", 1).isFine().err())
        .contains("There is no checkpoint in ", "beginning at the first step");
  }

  @Test
  void tokensAreTakenInOrder() throws IOException {
    Path file = folder.resolve("ids.safetensors");
    NativeTensor ids = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, 2, 5);
    for (int i = 0; i < 10; i++) {
      ids.setDouble(i, i * i % 7);
    }
    SafetensorsWriter.write(file, new LinkedHashMap<>(Map.of("input_ids", ids)), Map.of());
    Outcome outcome =
        run(
                "train",
                DEFINITION,
                "--tokens",
                file,
                "--order",
                "sequential",
                "--steps",
                4,
                "--set",
                "vocab=7",
                "--schedule",
                "constant",
                "--warmup",
                0,
                "--lr",
                0,
                "--dtype",
                "f64",
                "--out",
                folder.resolve("run"))
            .isFine();
    assertThat(outcome.err()).contains("batches of 2 rows of 5 tokens", "none held out");
    List<Object> losses =
        Files.readAllLines(folder.resolve("run/metrics.jsonl")).stream()
            .map(line -> ((Map<?, ?>) Json.read(line)).get("loss"))
            .<Object>map(loss -> loss)
            .toList();
    assertThat(losses).hasSize(4).containsOnly(losses.getFirst());
    run("train", DEFINITION, "--tokens", file, "--set", "vocab=4", "--out", folder.resolve("other"))
        .says(1, "the data has the token 4", "--set vocab=5");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void givenWeightsAreWhereItBegins() {
    train("first").isFine();
    Path weights = folder.resolve("first/model.safetensors");
    Outcome outcome = train("second", "--init", weights, "--stop-at", 1).isFine();
    assertThat(firstLoss("second")).isLessThan(0.7 * firstLoss("first"));
  }

  private double firstLoss(String name) {
    try {
      String line = Files.readAllLines(folder.resolve(name).resolve("metrics.jsonl")).getFirst();
      return (Double) ((Map<?, ?>) Json.read(line)).get("loss");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void wrongArgumentsAreToldInALine() throws IOException {
    train("run", "--tokens", "t").says(2, "--data PATH (texts) or --tokens FILE");
    train("run", "--schedule", "square").says(2, "constant, linear, cosine");
    train("run", "--stop-at", 31).says(2, "--stop-at is after the last step");
    train("run", "--order", "random").says(2, "shuffled or sequential");
    train("run", "--carry-state", "--order", "shuffled").says(2, "needs --order sequential");
    train("run", "--prefix", "a.").says(2, "--prefix goes with --init");
    train("run", "--valid-fraction", 1).says(2, "--valid-fraction");
    train("run", "--tokenizer", "gpt9").says(1, "there is no tokenizer 'gpt9'");
    train("run", "--set", "vocab=100").says(1, "--set vocab=122");
    train("run", "--valid", folder.resolve("missing")).says(1, "there is no such file");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void theStateIsCarriedAndTheRunCanBeStoppedInside() throws IOException {
    train("whole", "--carry-state").isFine();
    train("parts", "--carry-state", "--stop-at", 13).isFine();
    train("parts", "--carry-state", "--resume").isFine();
    assertThat(folder.resolve("parts/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  @Test
  void aSignalIsAWishToEnd() throws IOException, InterruptedException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")));
    List<String> notices = new ArrayList<>();
    try (Interruption interruption = Interruption.listen(() -> notices.add("notice"))) {
      assertThat(interruption.isRequested()).isFalse();
      String own = Long.toString(ProcessHandle.current().pid());
      assertThat(new ProcessBuilder("kill", "-TERM", own).start().waitFor()).isZero();
      for (int i = 0; i < 200 && notices.isEmpty(); i++) {
        Thread.sleep(10);
      }
      assertThat(interruption.isRequested()).isTrue();
      assertThat(notices).containsExactly("notice");
    }
  }
}
