package dev.retain.compiler.loops;

import java.util.Map;

/**
 * How products are cut for each width of vectors.
 *
 * @param chosen by bits of a vector; others have the usual one
 */
public record Tilings(Map<Integer, Tiling> chosen) {
  /** What is taken without a search. */
  public static final Tilings USUAL = new Tilings(Map.of());

  public Tilings {
    chosen = Map.copyOf(chosen);
  }

  public Tiling of(int vectorBits) {
    return chosen.getOrDefault(vectorBits, Tiling.usual(vectorBits));
  }
}
