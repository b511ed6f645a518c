package dev.retain.runtime.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.checkpoint.RunFolder;
import dev.retain.runtime.training.loop.Run;
import dev.retain.runtime.training.loop.Setup;
import dev.retain.runtime.training.loop.Trainer;
import dev.retain.runtime.training.report.FailingDisk.Killed;
import dev.retain.runtime.training.report.FailingDisk.When;
import dev.retain.runtime.training.report.RunReports.About;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that is killed and resumed ends with the bits of one that never was. */
class KilledRunTest {
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
  private static final int NEVER = Integer.MAX_VALUE;

  @TempDir Path folder;
  private Map<String, String> expected;
  private int accesses;

  @BeforeEach
  void runOnce() {
    FailingDisk disk = new FailingDisk(NEVER, When.BEFORE);
    Path whole = folder.resolve("whole");
    train(whole, disk);
    expected = content(whole);
    accesses = disk.count();
    assertThat(expected.keySet())
        .containsExactly(
            "checkpoints/best.safetensors",
            "checkpoints/step-00000015.safetensors",
            "checkpoints/step-00000020.safetensors",
            "metrics.jsonl",
            "report.html",
            "samples.jsonl",
            "tensorboard/events.out.tfevents.retain");
  }

  @ParameterizedTest
  @EnumSource
  void atAnyAccessToTheDisk(When when) {
    for (int access = 1; access <= accesses; access++) {
      Path killed = folder.resolve("killed-" + access);
      try {
        train(killed, new FailingDisk(access, when));
      } catch (Killed e) {
        assertThat(e).hasNoCause();
      }
      train(killed, new FailingDisk(NEVER, When.BEFORE));
      assertThat(content(killed)).as("access " + access).isEqualTo(expected);
    }
  }

  @Test
  void againAndAgain() {
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      Path killed = folder.resolve("killed-" + round);
      boolean finished = false;
      while (!finished) {
        When when = When.values()[random.nextInt(3)];
        try {
          train(killed, new FailingDisk(1 + random.nextInt(60), when));
          finished = true;
        } catch (Killed e) {
          assertThat(e).hasNoCause();
        }
      }
      assertThat(content(killed)).as("round " + round).isEqualTo(expected);
    }
  }

  @Test
  void asAProcess() throws IOException, InterruptedException {
    Random random = new Random(3);
    Path killed = folder.resolve("killed");
    boolean finished = false;
    int kills = 0;
    while (!finished) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--add-modules",
                  "jdk.incubator.vector",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Slow.class.getName(),
                  killed.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output.txt").toFile())
              .start();
      finished = process.waitFor(500 + random.nextInt(500), TimeUnit.MILLISECONDS);
      if (finished) {
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("output.txt"))).isZero();
      } else {
        process.destroyForcibly().waitFor();
        kills++;
      }
    }
    assertThat(kills).isPositive();
    assertThat(content(killed)).isEqualTo(expected);
  }

  /** The same run, slow enough to be killed at any moment. */
  static final class Slow {
    private Slow() {}

    public static void main(String[] arguments) {
      FailingDisk disk = new FailingDisk(NEVER, When.BEFORE, Duration.ofMillis(10));
      train(Path.of(arguments[0]), disk);
    }
  }

  private static void train(Path path, Disk disk) {
    Setup setup = Setup.DEFAULT.carrying();
    GradientModel model = setup.model();
    Run run = setup.run(model);
    About about =
        new About(
            "model",
            new LinkedHashMap<>(Map.of("--steps", "20")),
            setup.steps(),
            OptionalDouble.empty(),
            () -> 0,
            LinkedHashMap::new);
    try (RunFolder opened = RunFolder.open(path, true, disk, _ -> {});
        RunReports reports = new RunReports(path, disk, about, NOWHERE, false)) {
      Trainer trainer = setup.trainer(run, path.resolve("checkpoints"), disk, reports, () -> false);
      opened.start().ifPresent(trainer::resume);
      trainer.train();
    }
  }

  /** What is in the files, but for clocks. */
  private static Map<String, String> content(Path folder) {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        switch (name) {
          case ".lock", "train.log" -> {}
          case "tensorboard/events.out.tfevents.retain" ->
              content.put(name, Events.read(file).withoutClocks().toString());
          default -> content.put(name, new String(Files.readAllBytes(file), "ISO-8859-1"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content;
  }
}
