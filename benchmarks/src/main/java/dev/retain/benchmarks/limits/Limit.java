package dev.retain.benchmarks.limits;

import java.util.Arrays;

/** A limit of the machine, on one processor or on all. */
public enum Limit {
  TILE("multiply", "GFLOPS", "multiplications and additions of the best known tile of vectors"),
  SGEMM("sgemm", "GFLOPS", "multiplications and additions of OpenBLAS, matrices of 1024 x 1024"),
  READ("read", "GB/s", "reading of memory, each thread from one end to the other"),
  STREAMS("streams", "GB/s", "reading of memory, each thread in four places at once");

  private final String text;
  private final String unit;
  private final String meaning;

  Limit(String text, String unit, String meaning) {
    this.text = text;
    this.unit = unit;
    this.meaning = meaning;
  }

  static Limit of(String text) {
    return Arrays.stream(values())
        .filter(limit -> limit.text.equals(text))
        .findFirst()
        .orElseThrow();
  }

  public String unit() {
    return unit;
  }

  public String meaning() {
    return meaning;
  }

  @Override
  public String toString() {
    return text;
  }
}
