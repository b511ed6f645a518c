package dev.retain.runtime.training.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Curves over one axis, drawn as SVG.
 *
 * @param title above the picture
 * @param across what the axis to the right counts
 */
record Chart(String title, String across, List<Curve> curves) {
  /** Points from left to right; those that are not finite are left out. */
  record Curve(String name, double[] x, double[] y) {
    Curve {
      if (x.length != y.length) {
        throw new IllegalArgumentException(name + ": " + x.length + " and " + y.length);
      }
    }

    /** Neighbours replaced by their means, where there are more than a picture can show. */
    Curve thinned() {
      int group = Math.ceilDiv(x.length, MOST_POINTS);
      if (group <= 1) {
        return this;
      }
      int count = Math.ceilDiv(x.length, group);
      double[] fewerX = new double[count];
      double[] fewerY = new double[count];
      for (int i = 0; i < count; i++) {
        int from = i * group;
        int to = Math.min(from + group, x.length);
        for (int j = from; j < to; j++) {
          fewerX[i] += x[j] / (to - from);
          fewerY[i] += y[j] / (to - from);
        }
      }
      return new Curve(name, fewerX, fewerY);
    }
  }

  private static final int MOST_POINTS = 500;
  private static final int WIDTH = 720;
  private static final int HEIGHT = 300;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 12;
  private static final int BOTTOM = 36;
  private static final int TICKS = 5;
  private static final String[] COLOURS = {
    "#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#65a30d"
  };

  Chart {
    curves = List.copyOf(curves);
  }

  /** Nothing if there is no point to draw. */
  String html() {
    List<Curve> drawn = curves.stream().map(Curve::thinned).toList();
    Scale across = Scale.of(drawn.stream().map(Curve::x));
    Scale up = Scale.of(drawn.stream().map(Curve::y));
    if (across == null || up == null) {
      return "";
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(Html.text(title), WIDTH, HEIGHT, Html.text(title)));
    for (double tick : up.ticks()) {
      double y = place(up, tick, HEIGHT - BOTTOM, TOP);
      svg.append(line(LEFT, y, WIDTH - RIGHT, y, "grid"));
      svg.append(label(LEFT - 6, y + 4, "end", up.show(tick)));
    }
    for (double tick : across.ticks()) {
      double x = place(across, tick, LEFT, WIDTH - RIGHT);
      svg.append(line(x, TOP, x, HEIGHT - BOTTOM, "grid"));
      svg.append(label(x, HEIGHT - BOTTOM + 16, "middle", across.show(tick)));
    }
    svg.append(label(WIDTH - RIGHT, HEIGHT - 4, "end", across()));
    for (int i = 0; i < drawn.size(); i++) {
      svg.append(path(drawn.get(i), across, up, COLOURS[i % COLOURS.length]));
    }
    return svg.append("</svg>\n").append(legend()).append("</figure>\n").toString();
  }

  private static double place(Scale scale, double value, double from, double to) {
    return from + (to - from) * (value - scale.from()) / (scale.to() - scale.from());
  }

  private static String line(double x1, double y1, double x2, double y2, String kind) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
        x1, y1, x2, y2, kind);
  }

  private static String label(double x, double y, String anchor, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
        x, y, anchor, Html.text(text));
  }

  private static String path(Curve curve, Scale across, Scale up, String colour) {
    StringBuilder points = new StringBuilder();
    int count = 0;
    for (int i = 0; i < curve.x().length; i++) {
      if (Double.isFinite(curve.x()[i]) && Double.isFinite(curve.y()[i])) {
        points.append(
            format(
                "%s%.1f %.1f",
                count == 0 ? "M" : " L",
                place(across, curve.x()[i], LEFT, WIDTH - RIGHT),
                place(up, curve.y()[i], HEIGHT - BOTTOM, TOP)));
        count++;
      }
    }
    // A path of one point would be invisible; a round end makes it a dot.
    String end = count == 1 ? " h 0.01" : "";
    return "<path d=\"%s%s\" stroke=\"%s\"/>\n".formatted(points, end, colour);
  }

  private String legend() {
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    for (int i = 0; i < curves.size(); i++) {
      legend.append(
          "<span style=\"color:%s\">&#9644; %s</span> "
              .formatted(COLOURS[i % COLOURS.length], Html.text(curves.get(i).name())));
    }
    return legend.append("</p>\n").toString();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** The numbers of an axis, with round ones to be named. */
  private record Scale(double from, double to) {
    /** Null if there is no finite number. */
    static Scale of(Stream<double[]> values) {
      double[] all = values.flatMapToDouble(Arrays::stream).filter(Double::isFinite).toArray();
      if (all.length == 0) {
        return null;
      }
      double least = Arrays.stream(all).min().getAsDouble();
      double most = Arrays.stream(all).max().getAsDouble();
      double margin = most > least ? 0 : Math.max(1e-9, Math.abs(least) / 2);
      return new Scale(least - margin, most + margin);
    }

    private double step() {
      double rough = (to - from) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double digit = rough / power;
      return power * (digit > 5 ? 10 : digit > 2 ? 5 : digit > 1 ? 2 : 1);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      double step = step();
      for (double tick = Math.ceil(from / step) * step; tick <= to + step / 1e6; tick += step) {
        ticks.add(Math.abs(tick) < step / 1e6 ? 0 : tick);
      }
      return ticks;
    }

    String show(double tick) {
      double step = step();
      if (tick != 0 && (step < 1e-3 || step >= 1e6)) {
        return format("%.3g", tick).replaceFirst("\\.?0+(e|$)", "$1");
      }
      int digits = (int) Math.max(0, -Math.floor(Math.log10(step)));
      return format("%,." + digits + "f", tick);
    }
  }
}
