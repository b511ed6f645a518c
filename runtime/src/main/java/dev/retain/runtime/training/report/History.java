package dev.retain.runtime.training.report;

import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/** All reports of a run, which are its lines of JSON, too. */
final class History implements AutoCloseable {
  /** What the model wrote. */
  record Sample(long step, String text) {}

  private final JsonLines metrics;
  private final JsonLines written;
  private final StepHistory steps = new StepHistory();
  private final List<HeldOutReport> measurements = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  History(JsonLines metrics, JsonLines written) {
    this.metrics = metrics;
    this.written = written;
  }

  StepHistory steps() {
    return steps;
  }

  List<HeldOutReport> measurements() {
    return measurements;
  }

  List<Sample> samples() {
    return samples;
  }

  /** Forgets what came after a step, here and in the files. */
  void begin(long step) {
    steps.clear();
    measurements.clear();
    samples.clear();
    for (SequencedMap<String, Object> line : metrics.keepTo(step)) {
      if (line.containsKey("valid_loss")) {
        measurements.add(measurement(line));
      } else {
        steps.add(step(line));
      }
    }
    for (SequencedMap<String, Object> line : written.keepTo(step)) {
      samples.add(new Sample(whole(line, "step"), (String) line.get("text")));
    }
  }

  void add(StepReport report) {
    steps.add(report);
    JsonLine line =
        metrics
            .begin(report.step())
            .add("tokens", report.tokens())
            .add("epoch", report.epoch())
            .add("loss", report.loss());
    if (!Double.isNaN(report.bitsPerByte())) {
      line.add("bits_per_byte", report.bitsPerByte());
    }
    line.add("learning_rate", report.learningRate()).add("gradient_norm", report.gradientNorm());
    metrics.add();
  }

  private static StepReport step(SequencedMap<String, Object> line) {
    return new StepReport()
        .set(
            whole(line, "step"),
            whole(line, "tokens"),
            number(line, "epoch"),
            number(line, "loss"),
            number(line, "bits_per_byte"),
            number(line, "learning_rate"),
            number(line, "gradient_norm"));
  }

  void add(HeldOutReport report) {
    measurements.add(report);
    JsonLine line = metrics.begin(report.step()).add("valid_loss", report.loss());
    if (!Double.isNaN(report.bitsPerByte())) {
      line.add("valid_bits_per_byte", report.bitsPerByte());
    }
    line.add("valid_tokens", report.targets());
    metrics.add();
  }

  private static HeldOutReport measurement(SequencedMap<String, Object> line) {
    return new HeldOutReport(
        whole(line, "step"),
        number(line, "valid_loss"),
        number(line, "valid_bits_per_byte"),
        whole(line, "valid_tokens"));
  }

  void add(Sample sample) {
    samples.add(sample);
    written.begin(sample.step()).add("text", sample.text());
    written.add();
  }

  void force() {
    metrics.force();
    written.force();
  }

  @Override
  public void close() {
    metrics.close();
    written.close();
  }

  private static long whole(SequencedMap<String, Object> line, String name) {
    return line.get(name) instanceof Long number ? number : 0;
  }

  private static double number(SequencedMap<String, Object> line, String name) {
    return line.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
