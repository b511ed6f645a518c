package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import java.util.ArrayList;
import java.util.List;

/** Where the elements of tensors lie: row-major, sizes of batch and time known at run time only. */
final class Layout {
  static final Index BATCH = Index.variable("batch");
  static final Index TIME = Index.variable("time");

  private Layout() {}

  static Index size(Axis axis) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> Index.of(size);
      case Extent.Symbol symbol ->
          switch (symbol) {
            case BATCH -> BATCH;
            case TIME -> TIME;
          };
    };
  }

  static Index size(List<Axis> axes) {
    Index size = Index.ONE;
    for (Axis axis : axes) {
      size = times(size, size(axis));
    }
    return size;
  }

  /** For each dimension of the buffer, how many elements lie between neighbours. */
  static List<Index> strides(Buffer buffer) {
    if (buffer.rows() > 0) {
      throw new IllegalStateException(buffer.name() + " lies in blocks, and is read otherwise");
    }
    List<Index> strides = new ArrayList<>();
    for (int i = 0; i < buffer.axes().size(); i++) {
      strides.add(size(buffer.axes().subList(i + 1, buffer.axes().size())));
    }
    return strides;
  }

  /**
   * The product in one form whatever the order of its factors: batch, time, then the constant.
   * Equal strides must be equal records, or axes are not seen to lie behind each other.
   */
  static Index times(Index left, Index right) {
    List<Index> factors = new ArrayList<>();
    long constant = collect(left, factors) * collect(right, factors);
    factors.sort((a, b) -> a.toString().compareTo(b.toString()));
    Index product = Index.of(constant);
    for (Index factor : factors) {
      product =
          product.equals(Index.ONE)
              ? factor
              : product instanceof Index.Product(List<Index> known)
                  ? new Index.Product(append(known, factor))
                  : new Index.Product(List.of(product, factor));
    }
    return constant == 0 ? Index.ZERO : product;
  }

  private static long collect(Index index, List<Index> factors) {
    return switch (index) {
      case Index.Constant(long value) -> value;
      case Index.Product(List<Index> parts) -> {
        long constant = 1;
        for (Index part : parts) {
          constant *= collect(part, factors);
        }
        yield constant;
      }
      case Index other -> {
        factors.add(other);
        yield 1;
      }
    };
  }

  private static List<Index> append(List<Index> list, Index last) {
    List<Index> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
