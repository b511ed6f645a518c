package dev.retain.runtime.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.StepReport;
import dev.retain.runtime.training.report.Events.Value;
import dev.retain.runtime.training.report.RunReports.About;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class RunReportsTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();

  @BeforeEach
  void createFolder() throws IOException {
    Files.createDirectory(folder.resolve("tensorboard"));
  }

  private RunReports reports() {
    About about =
        new About(
            "A <model> & more",
            new LinkedHashMap<>(Map.of("--lr", "0.001")),
            2000,
            OptionalDouble.of(1e6),
            () -> 1e9,
            () -> new LinkedHashMap<>(Map.of("head 1", new double[] {1, 0.5, 0.25})));
    return new RunReports(
        folder, Disk.REAL, about, new PrintStream(console, true, StandardCharsets.UTF_8), false);
  }

  private void report(int steps) {
    try (RunReports reports = reports()) {
      reports.begins(0);
      for (int step = 1; step <= steps; step++) {
        reports.stepped(step(step));
      }
      reports.measured(new HeldOutReport(steps, 2.5, 1.25, 640), true);
      reports.sampled(steps, "Once <b>\u0007 & for all: \u20ac\n");
      reports.saving(steps);
      reports.saved(steps);
    }
  }

  private static StepReport step(int step) {
    return new StepReport().set(step, 64L * step, step / 3.0, 3.0 / step, 2.0 / step, 1e-3, 7.5);
  }

  @Test
  void metricsAreLinesOfJson() throws IOException {
    report(2);
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl")))
        .containsExactly(
            "{\"step\":1,\"tokens\":64,\"epoch\":0.3333333333333333,\"loss\":3.0,\"bits_per_byte\":2.0,\"learning_rate\":0.001,\"gradient_norm\":7.5}",
            "{\"step\":2,\"tokens\":128,\"epoch\":0.6666666666666666,\"loss\":1.5,\"bits_per_byte\":1.0,\"learning_rate\":0.001,\"gradient_norm\":7.5}",
            "{\"step\":2,\"valid_loss\":2.5,\"valid_bits_per_byte\":1.25,\"valid_tokens\":640}");
    assertThat(Files.readString(folder.resolve("samples.jsonl")))
        .isEqualTo("{\"step\":2,\"text\":\"Once <b>\\u0007 & for all: \u20ac\\n\"}\n");
  }

  @Test
  void tensorBoardUnderstandsTheEvents() {
    report(300);
    Events events = Events.read(folder.resolve("tensorboard/events.out.tfevents.retain"));
    assertThat(events.events()).hasSize(1 + 300 + 2);
    assertThat(events.events().getFirst().version()).isEqualTo("brain.Event:2");
    Events.Event last = events.events().get(300);
    assertThat(last.step()).isEqualTo(300);
    assertThat(last.wallTime()).isGreaterThan(1e9);
    assertThat(last.values()).contains(new Value("train/loss", 0.01f, ""));
    assertThat(events.events().get(301).values())
        .containsExactly(
            new Value("valid/loss", 2.5f, ""), new Value("valid/bits_per_byte", 1.25f, ""));
    assertThat(events.events().get(302).values())
        .extracting(Value::text)
        .containsExactly("```\nOnce <b>\u0007 & for all: \u20ac\n\n```");
  }

  @Test
  void whatCameAfterTheCheckpointIsForgotten() throws IOException {
    report(300);
    try (RunReports reports = reports()) {
      reports.begins(130);
      reports.saving(130);
    }
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(130);
    assertThat(folder.resolve("samples.jsonl")).isEmptyFile();
    assertThat(Events.read(folder.resolve("tensorboard/events.out.tfevents.retain")).events())
        .hasSize(131);
    assertThat(Files.readString(folder.resolve("report.html"))).contains("After step 130 (8,320");
  }

  @Test
  void thePageIsWellFormedAndNeedsNothingElse() throws Exception {
    report(2000);
    String page = Files.readString(folder.resolve("report.html"));
    assertThat(page)
        .contains("A &lt;model&gt; &amp; more", "Once &lt;b&gt;\ufffd &amp; for all")
        .contains("After step 2,000", "1.2500 bits per byte", "head 1", "--lr", "Learning rate")
        .doesNotContain("http", "src=", "@import", "url(", "NaN", "<script");
    String body = page.substring(page.indexOf("<body>"), page.indexOf("</html>"));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(body)));
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(5);
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(7);
    assertThat(page.length()).isLessThan(100_000);
  }

  @Test
  void theLogHasALineForEachMeasurement() throws IOException {
    report(3);
    assertThat(Files.readString(folder.resolve("train.log")))
        .matches(
            "(?s)\\d{4}-.*Z training step 3 of 2,000, loss 1.0000, 0.6667 bits per byte, [\\d,]+"
                + " tokens/s, \\d+ % of the machine's peak; held out: loss 2.5000, 1.2500 bits per"
                + " byte \\(best so far\\)\n");
    assertThat(console.toString(StandardCharsets.UTF_8)).startsWith("training step 3");
  }
}
