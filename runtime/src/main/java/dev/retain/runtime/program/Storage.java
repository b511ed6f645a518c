package dev.retain.runtime.program;

import dev.retain.runtime.memory.ElementType;
import java.util.List;

/** How the numbers of a parameter lie in memory, whatever type they are computed with. */
public sealed interface Storage {
  /**
   * Columns of a block. Small numbers are a stream of their own, at the pace at which they are
   * widened; of larger ones each row of a block is a line of cache, so that a product goes through
   * several blocks at once: some machines read one stream more slowly than their memory could.
   *
   * @param stored the type of the elements in memory
   */
  static int block(ElementType stored) {
    return stored.isSmall() ? 64 : 16;
  }

  /**
   * In the type that the model computes in.
   *
   * @param rows see {@link #rows()}
   */
  record Real(int rows) implements Storage {
    /** Row-major. */
    public Real() {
      this(0);
    }
  }

  /**
   * Each rounded to a bfloat16.
   *
   * @param rows see {@link #rows()}
   */
  record Bfloat16(int rows) implements Storage {}

  /**
   * Each as a whole number from -127 to 127, which a scale that it shares with others gives its
   * size.
   *
   * @param scaled the dimensions, in order, along which scales differ
   * @param rows see {@link #rows()}
   */
  record Int8(List<Integer> scaled, int rows) implements Storage {
    public Int8 {
      scaled = List.copyOf(scaled);
    }
  }

  /**
   * How many of the first dimensions, taken together, are the rows of a matrix that lies in blocks
   * of {@link #block()} columns, one block with all its rows behind the other: so that a product
   * with one row reads memory from one end to the other. 0 if the parameter lies row-major.
   */
  default int rows() {
    return switch (this) {
      case Real(int rows) -> rows;
      case Bfloat16(int rows) -> rows;
      case Int8(List<Integer> scaled, int rows) -> rows;
    };
  }

  /** How many columns a block has, whether there are blocks or not. */
  default int block() {
    return block(type(ElementType.F32));
  }

  /** The same in blocks. */
  default Storage inBlocks(int rows) {
    return switch (this) {
      case Real _ -> new Real(rows);
      case Bfloat16 _ -> new Bfloat16(rows);
      case Int8(List<Integer> scaled, int before) -> new Int8(scaled, rows);
    };
  }

  /** The type of its elements in memory, in a model that computes in {@code real}. */
  default ElementType type(ElementType real) {
    return switch (this) {
      case Real _ -> real;
      case Bfloat16 _ -> ElementType.BF16;
      case Int8 _ -> ElementType.I8;
    };
  }

  /** What people call it, in a model that computes in {@code real}. */
  default String text(ElementType real) {
    return switch (this) {
      case Real _ -> real == ElementType.F32 ? "f32" : "f64";
      case Bfloat16 _ -> "bf16";
      case Int8 _ -> "int8";
    };
  }
}
