package dev.retain.compiler.diagnostics;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what the user may have meant. */
public final class Suggestions {
  private Suggestions() {}

  /**
   * The candidate that needs the fewest single-letter changes (insert, delete, replace, swap of
   * neighbours; a change of case counts nothing), if at most a third of the letters change.
   */
  public static Optional<String> nearest(String name, Collection<String> candidates) {
    int limit = Math.max(1, name.length() / 3);
    return candidates.stream()
        .filter(candidate -> !candidate.equals(name))
        .filter(candidate -> Math.abs(candidate.length() - name.length()) <= limit)
        .map(candidate -> new Scored(candidate, distance(fold(name), fold(candidate))))
        .filter(scored -> scored.distance <= limit && scored.distance < name.length())
        .min(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name))
        .map(Scored::name);
  }

  /** {@code did you mean `gamma`?}, when a candidate is near. */
  public static Optional<String> didYouMean(String name, Collection<String> candidates) {
    return nearest(name, candidates).map(candidate -> "did you mean `" + candidate + "`?");
  }

  private record Scored(String name, int distance) {}

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static int distance(String from, String to) {
    int[] beforeLast = new int[to.length() + 1];
    int[] last = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[to.length()];
  }
}
