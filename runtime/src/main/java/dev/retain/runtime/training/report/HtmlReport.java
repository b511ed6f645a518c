package dev.retain.runtime.training.report;

import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.StepReport;
import dev.retain.runtime.training.report.Chart.Curve;
import dev.retain.runtime.training.report.History.Sample;
import dev.retain.runtime.training.report.StepHistory.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A run as one page that needs nothing else, also years later. */
final class HtmlReport {
  private static final int SAMPLES = 8;

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
      figure { margin: 2rem 0; }
      figcaption, h2 { font-weight: 600; font-size: 1.05rem; }
      svg { width: 100%%; height: auto; }
      svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .7; }
      svg .grid { stroke: currentColor; opacity: .12; }
      svg path { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
      .legend span { margin-right: 1rem; }
      table { border-collapse: collapse; }
      td { padding: .1rem 1.2rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
      pre { white-space: pre-wrap; border-left: 3px solid #8886; padding-left: .8rem; }
      </style>
      </head>
      <body>
      """;

  private HtmlReport() {}

  /**
   * The page.
   *
   * @param settings of the run, to be listed
   * @param decays by name, how much of what was written is left after 0, 1, 2... steps
   */
  static String render(
      String title,
      SequencedMap<String, String> settings,
      History history,
      SequencedMap<String, double[]> decays) {
    StringBuilder page = new StringBuilder(HEAD.formatted(Html.text(title)));
    page.append("<h1>").append(Html.text(title)).append("</h1>\n<p>");
    page.append(Html.text(summary(history))).append("</p>\n");
    charts(history, decays).forEach(chart -> page.append(chart.html()));
    if (!history.samples().isEmpty()) {
      page.append("<h2>What the model writes</h2>\n");
      history.samples().reversed().stream()
          .limit(SAMPLES)
          .forEach(sample -> page.append(html(sample)));
    }
    page.append("<h2>Settings</h2>\n<table>\n");
    settings.forEach((name, value) ->
        page.append(
            "<tr><td>%s</td><td>%s</td></tr>\n".formatted(Html.text(name), Html.text(value))));
    return page.append("</table>\n</body>\n</html>\n").toString();
  }

  private static String html(Sample sample) {
    return "<p>after step %,d</p>\n<pre>%s</pre>\n"
        .formatted(sample.step(), Html.text(sample.text()));
  }

  private static String summary(History history) {
    if (history.steps().isEmpty()) {
      return "No step has been made yet.";
    }
    StepReport last = history.steps().last();
    String steps =
        format(
            "After step %,d (%,d tokens, %.2f epochs): loss %.4f nats per token.",
            last.step(), last.tokens(), last.epoch(), last.loss());
    return history.measurements().stream()
        .min(Comparator.comparingDouble(HeldOutReport::loss))
        .map(best ->
            steps
                + format(
                    " Held-out text was predicted best after step %,d: %.4f nats per token%s.",
                    best.step(),
                    best.loss(),
                    Double.isNaN(best.bitsPerByte())
                        ? ""
                        : format(", %.4f bits per byte", best.bitsPerByte())))
        .orElse(steps);
  }

  private static List<Chart> charts(History history, SequencedMap<String, double[]> decays) {
    List<Chart> charts = new ArrayList<>();
    charts.add(
        new Chart(
            "Loss (nats per token)",
            "step",
            List.of(
                steps("training", history, Column.LOSS),
                heldOut("held out", history, HeldOutReport::loss))));
    charts.add(
        new Chart(
            "Bits per byte",
            "step",
            List.of(
                steps("training", history, Column.BITS_PER_BYTE),
                heldOut("held out", history, HeldOutReport::bitsPerByte))));
    charts.add(
        new Chart(
            "Learning rate",
            "step",
            List.of(steps("learning rate", history, Column.LEARNING_RATE))));
    charts.add(
        new Chart(
            "Norm of the gradients, before clipping",
            "step",
            List.of(steps("norm", history, Column.GRADIENT_NORM))));
    List<Curve> curves = new ArrayList<>();
    decays.forEach((name, left) ->
        curves.add(
            new Curve(name, IntStream.range(0, left.length).asDoubleStream().toArray(), left)));
    charts.add(new Chart("Decays: what is left of what was written", "steps later", curves));
    return charts;
  }

  private static Curve steps(String name, History history, Column column) {
    return new Curve(name, history.steps().curve(Column.STEP), history.steps().curve(column));
  }

  private static Curve heldOut(
      String name, History history, ToDoubleFunction<HeldOutReport> value) {
    return new Curve(
        name,
        history.measurements().stream().mapToDouble(HeldOutReport::step).toArray(),
        history.measurements().stream().mapToDouble(value).toArray());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
