package dev.retain.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.limits.Limit;
import dev.retain.benchmarks.limits.Limits;
import dev.retain.benchmarks.limits.Peaks;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ReportTest {
  private static final Machine MACHINE =
      new Machine("A & B", 2, 512, "Linux", "25", "2026-01-01T00:00:00Z", "abc", 0.1);
  private static final Task TASK = new Task.Core(Rule.GAMMA, 2048);
  private static final Peaks PEAKS = new Peaks(OptionalDouble.of(200), OptionalDouble.empty());
  private static final Standing OWN = standing("Retain", 3e6, 4e6, 5e6, 6e6);
  private static final Standing SLOW = standing("Other", 7.5e6, 8e6, 20e6, 18e6);
  private static final Standing FAST = standing("Fast", 1.5e6, 2e6, 2.5e6, 3e6);
  private static final Standing BROKEN =
      new Standing("Broken", 0, 0, List.of(), List.of(), 0, 0, "it ended");

  private static Standing standing(String name, double fastest, Double... rounds) {
    return new Standing(name, 1e9, 2e8, List.of(1e7), List.of(rounds), fastest, 0, "");
  }

  @Test
  void aTableComparesWithTheFirst() {
    String text = text(ContestTable.of(TASK, List.of(OWN, SLOW, FAST, BROKEN), PEAKS));
    String[] lines = text.split("\n");
    assertThat(lines[1]).contains("Retain", "5.00 ms", "3.00 ms", "6.00 ms", "200.00 ms");
    // 8 heads of 64 x 128, 5 operations each, 2048 steps in 5 ms.
    assertThat(lines[1]).contains("134.2 GFLOPS", "67 %").endsWith("1.00");
    assertThat(lines[2]).contains("3.00 (2.00 to 4.00)").endsWith("2.50");
    assertThat(lines[3]).contains("0.50 (0.50 to 0.50)").endsWith("0.50");
    assertThat(lines[4]).endsWith("it ended");
  }

  @Test
  void linesSayAllByThemselves() {
    ResultLines lines = new ResultLines(MACHINE, true);
    lines.add(TASK, List.of(OWN, SLOW, BROKEN), PEAKS);
    lines.addLottery(TASK, List.of(OWN, SLOW));
    List<Map<?, ?>> read =
        lines.lines().stream().<Map<?, ?>>map(line -> (Map<?, ?>) Json.read(line)).toList();
    assertThat(read).hasSize(4);
    assertThat(read.get(1).get("task")).isEqualTo("core gamma 2048");
    assertThat(read.get(1).get("contestant")).isEqualTo("Other");
    assertThat(read.get(1).get("ratio")).isEqualTo(3.0);
    assertThat(read.get(1).get("commit")).isEqualTo("abc");
    assertThat(read.get(1).get("quick")).isEqualTo(true);
    assertThat(((Map<?, ?>) read.get(1).get("machine")).get("processor")).isEqualTo("A & B");
    assertThat((double) read.getFirst().get("share_of_limit")).isBetween(0.67, 0.68);
    assertThat(read.get(2).get("failed")).isEqualTo("it ended");
    assertThat(read.get(3).get("medians_ns")).isEqualTo(List.of(5e6, 18e6));
    assertThat(read.get(3).get("fastest_ns")).isEqualTo(List.of(3e6, 7.5e6));
  }

  @Test
  void theLotteryHoldsTheWorstAgainstTheBest() {
    LotteryTable table = new LotteryTable();
    table.add(TASK, List.of(OWN, FAST, SLOW));
    assertThat(text(table.table()))
        .contains("core gamma 2048", "5.00 ms", "18.00 ms", "3.60", "1.50 ms", "7.50 ms", "5.00");
  }

  @Test
  void thePeakIsWhatAnythingReached() {
    List<Limits.Measured> measured =
        List.of(
            limit(Limit.TILE, 1, 100),
            limit(Limit.TILE, 2, 35),
            limit(Limit.SGEMM, 2, 200),
            limit(Limit.READ, 1, 20),
            limit(Limit.READ, 2, 30),
            limit(Limit.STREAMS, 2, 45));
    Peaks peaks = Peaks.of(measured);
    assertThat(peaks.multiply()).hasValue(200);
    assertThat(peaks.read()).hasValue(45);
    assertThat(Peaks.UNKNOWN.share(TASK, OWN)).isEmpty();
  }

  private static Limits.Measured limit(Limit limit, int processors, double value) {
    Standing standing = new Standing("limit", 0, 0, List.of(), List.of(1.0), 1, value, "");
    return new Limits.Measured(limit, processors, standing);
  }

  @Test
  void timeThatGrowsAsTheLengthHasTheExponentOne() {
    Growth linear = new Growth();
    Growth square = new Growth();
    for (int tokens : new int[] {1000, 4000, 16_000}) {
      Task.Prefill task = new Task.Prefill("3.8M", tokens);
      linear.add(task, standing("Retain", 1, 50e3 * tokens));
      linear.add(task, BROKEN);
      square.add(task, standing("Retain", 1, 1.0 * tokens * tokens));
    }
    assertThat(linear.exponent()).isEqualTo(1, within(1e-9));
    assertThat(square.exponent()).isEqualTo(2, within(1e-9));
    assertThat(text(linear.table())).contains("16,000", "800.00 ms", "50.0 us", "1.000");
    ResultLines lines = new ResultLines(MACHINE, true);
    lines.add(linear);
    assertThat(lines.lines().getFirst()).contains("\"growth\":\"prefill\"", "\"exponent\":");
  }

  @Test
  void thePlotIsAPictureOfAllWhoFinished() throws Exception {
    Plot plot = new Plot(MACHINE);
    plot.add(TASK, List.of(OWN));
    assertThat(plot.isEmpty()).isTrue();
    plot.add(TASK, List.of(OWN, SLOW, FAST, BROKEN));
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(plot.svg().getBytes(StandardCharsets.UTF_8)));
    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
    double slow = centre(svg, 0);
    double fast = centre(svg, 1);
    // The scale goes from a half to four times as long.
    assertThat(fast).isEqualTo(360);
    assertThat(slow).isBetween(360 + 440 * 0.86, 360 + 440 * 0.87);
    assertThat(plot.svg()).contains("A &amp; B", "core gamma 2048: 5.00 ms", ">3.00<");
  }

  private static double centre(Document svg, int circle) {
    var attributes = svg.getElementsByTagName("circle").item(circle).getAttributes();
    return Double.parseDouble(attributes.getNamedItem("cx").getNodeValue());
  }

  private static String text(Table table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
