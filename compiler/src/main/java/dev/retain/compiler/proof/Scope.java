package dev.retain.compiler.proof;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a proof covers.
 *
 * @param argument how it covers sequences that are longer than a block
 * @param chunk the longest block; all shorter ones were compared, too
 * @param ragged the number of steps of which every arrangement of padding and resets was compared;
 *     0 if the claim is of sequences without any
 * @param dimensions the sizes of the axes, one map for each case
 * @param points how many random points
 * @param bits a difference stays hidden with odds below 2 to the minus this
 * @param remarks what else to know
 */
public record Scope(
    Argument argument,
    int chunk,
    int ragged,
    List<Map<String, Integer>> dimensions,
    int points,
    int bits,
    List<String> remarks) {
  public Scope {
    dimensions =
        dimensions.stream()
            .map(
                sizes -> java.util.Collections.unmodifiableMap(new TreeMap<String, Integer>(sizes)))
            .collect(Collectors.toUnmodifiableList());
    remarks = List.copyOf(remarks);
  }

  /** How a proof reaches beyond one block. */
  public enum Argument {
    /** Step by step, from any state: sequences of all lengths. */
    STEPS("induction over steps"),
    /** Block by block, from any state at any position: sequences of all lengths. */
    CHUNKS("induction over chunks"),
    /** From the initial states, up to the length of the longest block. */
    FROM_REST("from rest");

    private final String text;

    Argument(String text) {
      this.text = text;
    }

    /** In a few words. */
    public String text() {
      return text;
    }
  }

  /** What both cover. Single steps are blocks, too. */
  public Scope and(Scope other) {
    if (argument == Argument.STEPS && other.argument != Argument.STEPS) {
      return other.and(this);
    }
    boolean steps = other.argument == Argument.STEPS;
    boolean further = steps || argument.compareTo(other.argument) >= 0;
    List<Map<String, Integer>> sizes = new ArrayList<>(dimensions);
    other.dimensions.stream().filter(d -> !sizes.contains(d)).forEach(sizes::add);
    Set<String> all = new LinkedHashSet<>(remarks);
    all.addAll(other.remarks);
    return new Scope(
        further ? argument : other.argument,
        steps ? chunk : Math.min(chunk, other.chunk),
        steps ? ragged : Math.min(ragged, other.ragged),
        sizes,
        Math.min(points, other.points),
        Math.min(bits, other.bits),
        List.copyOf(all));
  }

  /** In words, on one line. */
  public String text() {
    String lengths =
        switch (argument) {
          case STEPS -> "all lengths, by induction from any state over single steps";
          case CHUNKS ->
              "all lengths, by induction from any state over chunks of 1 to " + chunk + " steps";
          case FROM_REST -> "lengths 1 to " + chunk + " from rest";
        };
    String padding =
        ragged == 0
            ? ""
            : "; with padding and resets ("
                + (ragged == 1
                    ? "each kind of step)"
                    : "each arrangement of " + ragged + " steps)");
    String sizes =
        dimensions.stream().map(Scope::sizes).distinct().collect(Collectors.joining(" and "));
    return lengths
        + padding
        + (sizes.isEmpty() ? "" : "; sizes " + sizes)
        + "; "
        + points
        + " points, error < 2^-"
        + bits
        + remarks.stream().map(remark -> "; " + remark).collect(Collectors.joining());
  }

  private static String sizes(Map<String, Integer> sizes) {
    return sizes.entrySet().stream()
        .map(size -> size.getKey() + "=" + size.getValue())
        .collect(Collectors.joining(" "));
  }
}
