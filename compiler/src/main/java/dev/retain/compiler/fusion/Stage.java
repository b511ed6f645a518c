package dev.retain.compiler.fusion;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Direction;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.memory.ElementType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What fills one buffer, or several. */
public sealed interface Stage {
  /** The buffers that the stage fills, in order. */
  List<Buffer> targets();

  Span span();

  /** The buffers that the stage reads, but for those that it fills itself before. */
  Set<Buffer> sources();

  /** Itself, or those that it consists of: what becomes kernels, in order. */
  List<OneKernel> kernels();

  /** What becomes one kernel. */
  sealed interface OneKernel extends Stage {
    @Override
    default List<OneKernel> kernels() {
      return List.of(this);
    }
  }

  /** What fills one buffer. */
  sealed interface Single extends OneKernel {
    Buffer target();

    @Override
    default List<Buffer> targets() {
      return List.of(target());
    }
  }

  /**
   * Stages that run one after the other for each row, and read of each other's targets what belongs
   * to that row.
   *
   * @param rows the axes, the first ones of all targets, whose positions say which row
   */
  record Rows(List<Axis> rows, List<Single> members) implements OneKernel {
    public Rows {
      rows = List.copyOf(rows);
      members = List.copyOf(members);
    }

    @Override
    public List<Buffer> targets() {
      return members.stream().map(Single::target).toList();
    }

    @Override
    public Span span() {
      return members.getFirst().span();
    }

    @Override
    public Set<Buffer> sources() {
      return sourcesOf(members);
    }
  }

  /**
   * Stages that may run one after the other for each part, and read of each other's targets what
   * belongs to that part.
   *
   * @param parts the axes whose positions say which part, in order
   */
  record Parts(List<Axis> parts, List<OneKernel> members) implements Stage {
    public Parts {
      parts = List.copyOf(parts);
      members = List.copyOf(members);
    }

    @Override
    public List<Buffer> targets() {
      return members.stream().flatMap(member -> member.targets().stream()).toList();
    }

    @Override
    public List<OneKernel> kernels() {
      return members;
    }

    @Override
    public Span span() {
      return members.getFirst().span();
    }

    @Override
    public Set<Buffer> sources() {
      return sourcesOf(members);
    }
  }

  /**
   * Stages that take the positions of a block in slices: all of them one slice after the other, so
   * that what they make of a slice for each other alone need not be there of all positions at once.
   *
   * @param positions of a slice: the last one may have fewer
   */
  record Slices(int positions, List<OneKernel> members) implements Stage {
    public Slices {
      members = List.copyOf(members);
    }

    @Override
    public List<Buffer> targets() {
      return members.stream().flatMap(member -> member.targets().stream()).distinct().toList();
    }

    @Override
    public List<OneKernel> kernels() {
      return members;
    }

    @Override
    public Span span() {
      return members.getFirst().span();
    }

    @Override
    public Set<Buffer> sources() {
      return sourcesOf(members);
    }
  }

  /**
   * Each element of the target by itself.
   *
   * @param precision the type in which it is computed
   */
  record Pointwise(Buffer target, Scalar value, ElementType precision, Span span)
      implements Single {
    @Override
    public Set<Buffer> sources() {
      return buffers(value);
    }
  }

  /** Each element of the target from the values along the axes. */
  record Reduce(
      Buffer target,
      Reduction reduction,
      Scalar value,
      List<Axis> over,
      ElementType precision,
      Span span)
      implements Single {
    public Reduce {
      over = List.copyOf(over);
    }

    @Override
    public Set<Buffer> sources() {
      return buffers(value);
    }
  }

  /**
   * Sums of products along the axes.
   *
   * @param triangle what need not be computed
   * @param adds whether they are added to what the target holds
   */
  record Contract(
      Buffer target,
      Operand left,
      Operand right,
      List<Axis> over,
      Triangle triangle,
      boolean adds,
      Span span)
      implements Single {
    public Contract {
      over = List.copyOf(over);
    }

    @Override
    public Set<Buffer> sources() {
      Set<Buffer> sources = new LinkedHashSet<>(List.of(left.buffer(), right.buffer()));
      if (adds) {
        sources.add(target);
      }
      return sources;
    }
  }

  /**
   * A product, and what is made of it element by element before it goes to memory: the product's
   * own target lies nowhere, and nothing else reads it.
   *
   * @param finish reads the product's target at its own position only
   */
  record Finished(Contract product, Pointwise finish) implements Single {
    @Override
    public Buffer target() {
      return finish.target();
    }

    @Override
    public Span span() {
      return product.span();
    }

    @Override
    public Set<Buffer> sources() {
      Set<Buffer> sources = new LinkedHashSet<>(product.sources());
      sources.addAll(finish.sources());
      sources.remove(product.target());
      return sources;
    }

    /** What the finish reads, the product's target too. */
    public Set<Scalar.Element> elements() {
      return Stage.elements(finish.value());
    }

    /** The element of the product's target that the finish reads. */
    public Scalar.Element made() {
      return elements().stream()
          .filter(element -> element.buffer().equals(product.target()))
          .findFirst()
          .orElseThrow();
    }

    /** By the name that the finish has for an axis, the product's. */
    public Map<Axis, Axis> names() {
      List<Axis> own = made().coordinates().stream().map(Coordinate::axis).toList();
      Map<Axis, Axis> names = new LinkedHashMap<>();
      for (int i = 0; i < own.size(); i++) {
        names.put(own.get(i), product.target().axes().get(i));
      }
      return names;
    }
  }

  /** Rows of a table. The target's axes are the index's, then the table's without the axis. */
  record Lookup(Buffer target, Buffer table, Axis axis, Buffer index, Span span) implements Single {
    @Override
    public Set<Buffer> sources() {
      return new LinkedHashSet<>(List.of(table, index));
    }
  }

  /**
   * For each position along the axis, which is the target's first, the sum of the values whose
   * index is that position.
   */
  record Sums(Buffer target, Operand value, Axis axis, Buffer index, Span span) implements Single {
    @Override
    public Set<Buffer> sources() {
      return new LinkedHashSet<>(List.of(value.buffer(), index));
    }
  }

  /**
   * At each step of a block the sum of the value over the steps up to and with it, or from it on,
   * in float64.
   */
  record Scan(Buffer target, Scalar value, Direction direction, Span span) implements Single {
    @Override
    public Set<Buffer> sources() {
      return buffers(value);
    }
  }

  /**
   * {@code target[r] = right[r] + sum over c before r of matrix[r, c] target[c]}; backwards {@code
   * target[r] = right[r] + sum over c after r of matrix[c, r] target[c]}.
   *
   * @param rows time, and perhaps an axis of values within a step
   * @param columns the same rows once more, as the matrix names them
   */
  record Solve(
      Buffer target,
      Operand matrix,
      Operand right,
      List<Axis> rows,
      List<Axis> columns,
      Direction direction,
      Span span)
      implements Single {
    public Solve {
      rows = List.copyOf(rows);
      columns = List.copyOf(columns);
    }

    @Override
    public Set<Buffer> sources() {
      return new LinkedHashSet<>(List.of(matrix.buffer(), right.buffer()));
    }
  }

  /**
   * {@code target[t, s]} is the sum along the channel of {@code query[t] * key[s] * the product of
   * decay[r] for the steps r after s up to t}, or up to the step before t; and 0 where there is no
   * such range.
   *
   * @param after whether the decay of step t counts
   */
  record Fading(
      Buffer target,
      Operand query,
      Operand key,
      Operand decay,
      boolean after,
      Axis channel,
      Span span)
      implements Single {
    @Override
    public Set<Buffer> sources() {
      return new LinkedHashSet<>(List.of(query.buffer(), key.buffer(), decay.buffer()));
    }
  }

  /** A buffer with its dimensions under the names that the stage knows. */
  record Operand(Buffer buffer, List<Axis> axes) {
    public Operand {
      axes = List.copyOf(axes);
    }
  }

  private static Set<Buffer> sourcesOf(List<? extends Stage> members) {
    Set<Buffer> sources = new LinkedHashSet<>();
    members.forEach(member -> sources.addAll(member.sources()));
    members.forEach(member -> sources.removeAll(member.targets()));
    return sources;
  }

  private static Set<Buffer> buffers(Scalar value) {
    Set<Buffer> found = new LinkedHashSet<>();
    elements(value).forEach(element -> found.add(element.buffer()));
    return found;
  }

  private static Set<Scalar.Element> elements(Scalar value) {
    Set<Scalar.Element> found = new LinkedHashSet<>();
    collect(value, found);
    return found;
  }

  private static void collect(Scalar value, Set<Scalar.Element> found) {
    switch (value) {
      case Scalar.Literal l -> {}
      case Scalar.Position p -> {}
      case Scalar.PairSign s -> {}
      case Scalar.Element element -> found.add(element);
      case Scalar.Apply(var function, var operands) -> operands.forEach(o -> collect(o, found));
    }
  }
}
