package dev.retain.runtime.engine;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time goes, by form and by the labels of steps, as the calling thread sees it. To be
 * read while nothing runs.
 */
public final class Profile {
  /** Sums of one label. */
  static final class Entry {
    private final String form;
    private final String label;
    private long calls;
    private long work;
    private long wait;

    private Entry(String form, String label) {
      this.form = form;
      this.label = label;
    }

    /** One call: nanoseconds of waiting for other workers before it, and of its own work. */
    void add(long waited, long worked) {
      calls++;
      wait += waited;
      work += worked;
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long total;

  synchronized Entry entry(String form, String label) {
    return entries.computeIfAbsent(form + " " + label, _ -> new Entry(form, label));
  }

  synchronized void addTotal(long nanoseconds) {
    total += nanoseconds;
  }

  /** Forgets all times. */
  public synchronized void clear() {
    total = 0;
    for (Entry entry : entries.values()) {
      entry.calls = 0;
      entry.work = 0;
      entry.wait = 0;
    }
  }

  /** A table of all labels, the most expensive first; empty if nothing has run. */
  public synchronized String table() {
    if (total == 0) {
      return "";
    }
    List<Entry> sorted =
        entries.values().stream()
            .filter(entry -> entry.calls > 0)
            .sorted(Comparator.comparingLong(entry -> -entry.work - entry.wait))
            .toList();
    StringBuilder table = new StringBuilder();
    line(table, "form", "calls", "work ms", "wait ms", "us/call", "%", "step");
    long rest = total;
    for (Entry entry : sorted) {
      rest -= entry.work + entry.wait;
      line(
          table,
          entry.form,
          Long.toString(entry.calls),
          milliseconds(entry.work),
          milliseconds(entry.wait),
          decimal(entry.work / 1e3 / entry.calls),
          decimal(100.0 * (entry.work + entry.wait) / total),
          entry.label);
    }
    line(table, "", "", milliseconds(rest), "", "", decimal(100.0 * rest / total), "(start, end)");
    line(table, "", "", milliseconds(total), "", "", "", "all");
    return table.toString();
  }

  private static void line(StringBuilder table, Object... cells) {
    table.append(String.format(Locale.ROOT, "%-10s %9s %10s %10s %9s %5s  %s%n", cells));
  }

  private static String milliseconds(long nanoseconds) {
    return decimal(nanoseconds / 1e6);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
