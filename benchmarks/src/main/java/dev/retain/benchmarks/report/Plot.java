package dev.retain.benchmarks.report;

import dev.retain.benchmarks.contest.Standing;
import dev.retain.benchmarks.work.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How many times as long as the first the other contestants took, drawn as a picture (SVG): a row
 * for each, on a scale of powers of two, with the median as a point and all rounds as a line.
 */
public final class Plot {
  private static final int ROW = 18;
  private static final int LEFT = 360;
  private static final int WIDTH = 440;
  private static final int RIGHT = 60;
  private static final int TOP = 60;
  private static final int BOTTOM = 30;

  private record Row(String label, boolean isHeading, List<Double> ratios) {}

  private final List<Row> rows = new ArrayList<>();
  private final Machine machine;

  public Plot(Machine machine) {
    this.machine = machine;
  }

  public void add(Task task, List<Standing> standings) {
    Standing first = standings.getFirst();
    if (first.hasFailed() || standings.size() == 1) {
      return;
    }
    String time = ContestTable.time(first.median());
    rows.add(new Row(String.join(" ", task.words()) + ": " + time, true, List.of()));
    for (Standing standing : standings.subList(1, standings.size())) {
      if (!standing.hasFailed()) {
        rows.add(new Row(standing.name(), false, first.ratios(standing)));
      }
    }
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The picture, a file by itself. */
  public String svg() {
    int least = (int) Math.floor(log(extreme(true)));
    int most = (int) Math.ceil(Math.max(1, log(extreme(false))));
    int height = TOP + rows.size() * ROW + BOTTOM;
    StringBuilder svg = new StringBuilder();
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        LEFT + WIDTH + RIGHT,
        height);
    line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    text(svg, 10, 20, "start", "black", "How many times as long as Retain the others took");
    text(
        svg,
        10,
        38,
        "start",
        "gray",
        String.format(
            Locale.ROOT,
            "%s, %d processors, %s, load before: %.2f",
            machine.processor(),
            machine.processors(),
            machine.date(),
            machine.load()));
    for (int power = least; power <= most; power++) {
      double x = LEFT + WIDTH * (power - least) / (double) (most - least);
      line(
          svg,
          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\"/>",
          x,
          x,
          TOP,
          height - BOTTOM,
          power == 0 ? "black" : "lightgray");
      text(svg, x, height - BOTTOM + 16, "middle", "black", power(power));
    }
    for (int i = 0; i < rows.size(); i++) {
      draw(svg, rows.get(i), TOP + (i + 0.5) * ROW, least, most);
    }
    line(svg, "</svg>");
    return svg.toString();
  }

  private static void draw(StringBuilder svg, Row row, double y, int least, int most) {
    if (row.isHeading) {
      text(svg, 10, y + 4, "start", "black", row.label);
      return;
    }
    double from = place(Collections.min(row.ratios), least, most);
    double to = place(Collections.max(row.ratios), least, most);
    double median = Standing.median(row.ratios);
    String colour = median >= 1 ? "seagreen" : "firebrick";
    text(svg, LEFT - 10, y + 4, "end", "black", row.label);
    line(
        svg,
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\"/>",
        from,
        to,
        y,
        y,
        colour);
    double x = place(median, least, most);
    line(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
    text(svg, to + 8, y + 4, "start", colour, String.format(Locale.ROOT, "%.2f", median));
  }

  private static double place(double ratio, int least, int most) {
    return LEFT + WIDTH * (log(ratio) - least) / (most - least);
  }

  private double extreme(boolean smallest) {
    var all = rows.stream().flatMap(row -> row.ratios.stream()).mapToDouble(Double::doubleValue);
    return smallest ? Math.min(1, all.min().orElse(1)) : Math.max(1, all.max().orElse(1));
  }

  private static double log(double ratio) {
    return Math.log(ratio) / Math.log(2);
  }

  private static String power(int power) {
    return power >= 0 ? Integer.toString(1 << power) : "1/" + (1 << -power);
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String colour, String text) {
    String safe = text.replace("&", "&amp;").replace("<", "&lt;");
    line(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        x,
        y,
        anchor,
        colour,
        safe);
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
