package dev.retain.runtime.training.report;

import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.StepReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/** All reports of a run, which are its lines of JSON, too. */
final class History {
  /** What the model wrote. */
  record Sample(long step, String text) {}

  private final JsonLines metrics;
  private final JsonLines written;
  private final List<StepReport> steps = new ArrayList<>();
  private final List<HeldOutReport> measurements = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  History(JsonLines metrics, JsonLines written) {
    this.metrics = metrics;
    this.written = written;
  }

  List<StepReport> steps() {
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
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("step", report.step());
    line.put("tokens", report.tokens());
    line.put("epoch", report.epoch());
    line.put("loss", report.loss());
    report.bitsPerByte().ifPresent(bits -> line.put("bits_per_byte", bits));
    line.put("learning_rate", report.learningRate());
    line.put("gradient_norm", report.gradientNorm());
    metrics.add(line);
  }

  private static StepReport step(SequencedMap<String, Object> line) {
    return new StepReport(
        whole(line, "step"),
        whole(line, "tokens"),
        number(line, "epoch"),
        number(line, "loss"),
        optional(line, "bits_per_byte"),
        number(line, "learning_rate"),
        number(line, "gradient_norm"));
  }

  void add(HeldOutReport report) {
    measurements.add(report);
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("step", report.step());
    line.put("valid_loss", report.loss());
    report.bitsPerByte().ifPresent(bits -> line.put("valid_bits_per_byte", bits));
    line.put("valid_tokens", report.targets());
    metrics.add(line);
  }

  private static HeldOutReport measurement(SequencedMap<String, Object> line) {
    return new HeldOutReport(
        whole(line, "step"),
        number(line, "valid_loss"),
        optional(line, "valid_bits_per_byte"),
        whole(line, "valid_tokens"));
  }

  void add(Sample sample) {
    samples.add(sample);
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("step", sample.step());
    line.put("text", sample.text());
    written.add(line);
  }

  void force() {
    metrics.force();
    written.force();
  }

  private static long whole(SequencedMap<String, Object> line, String name) {
    return line.get(name) instanceof Long number ? number : 0;
  }

  private static double number(SequencedMap<String, Object> line, String name) {
    return line.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static OptionalDouble optional(SequencedMap<String, Object> line, String name) {
    return line.containsKey(name) ? OptionalDouble.of(number(line, name)) : OptionalDouble.empty();
  }
}
