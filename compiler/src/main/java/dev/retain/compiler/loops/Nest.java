package dev.retain.compiler.loops;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loops of a stage, from the outside in, with neighbours merged where every stream allows it.
 *
 * @param loops each loop: its size and the axis whose position it counts (the innermost of merged
 *     ones)
 */
record Nest(List<Loop> loops) {
  Nest {
    loops = List.copyOf(loops);
  }

  record Loop(Index size, Axis axis) {}

  static Nest of(List<Axis> axes, Streams streams) {
    List<Loop> loops = new ArrayList<>();
    for (Axis axis : axes) {
      Index size = Layout.size(axis);
      if (size.equals(Index.ONE) && !streams.positions().contains(axis)) {
        continue;
      }
      if (!loops.isEmpty() && follows(loops.getLast(), axis, size, streams)) {
        Loop outer = loops.removeLast();
        loops.add(new Loop(Layout.times(outer.size(), size), axis));
      } else {
        loops.add(new Loop(size, axis));
      }
    }
    return new Nest(loops);
  }

  private static boolean follows(Loop outer, Axis axis, Index size, Streams streams) {
    if (streams.standsAlone(outer.axis()) || streams.startsAnew(axis)) {
      return false;
    }
    for (int stream = 0; stream < streams.count(); stream++) {
      Index inner = Layout.times(streams.stride(stream, axis), size);
      if (!streams.stride(stream, outer.axis()).equals(inner)) {
        return false;
      }
    }
    return true;
  }

  /** How many times the body runs. */
  Index count() {
    Index count = Index.ONE;
    for (Loop loop : loops) {
      count = Layout.times(count, loop.size());
    }
    return count;
  }

  boolean isEmpty() {
    return loops.isEmpty();
  }

  Loop innermost() {
    return loops.getLast();
  }

  /** These loops around others. */
  Nest with(Nest inside) {
    List<Loop> all = new ArrayList<>(loops);
    all.addAll(inside.loops);
    return new Nest(all);
  }

  Nest withoutInnermost() {
    return new Nest(loops.subList(0, loops.size() - 1));
  }

  /**
   * Defines each loop's position for the given row number.
   *
   * @return the positions by axis, loop by loop
   */
  Map<Axis, Index> decode(Index row, Names names, List<Statement> statements) {
    return decode(row, "at", names, statements);
  }

  /** The same, with names of the given stem. */
  Map<Axis, Index> decode(Index row, String stem, Names names, List<Statement> statements) {
    Index[] positions = new Index[loops.size()];
    Index rest = row;
    for (int i = loops.size() - 1; i >= 0; i--) {
      Index size = loops.get(i).size();
      Index position = i == 0 ? rest : rest.remainder(size);
      String name = names.fresh(stem);
      statements.add(new Statement.DefineIndex(name, position));
      positions[i] = Index.variable(name);
      if (i > 0) {
        String next = names.fresh(stem + "Rest");
        statements.add(new Statement.DefineIndex(next, rest.dividedBy(size)));
        rest = Index.variable(next);
      }
    }
    Map<Axis, Index> byAxis = new LinkedHashMap<>();
    for (int i = 0; i < positions.length; i++) {
      byAxis.put(loops.get(i).axis(), positions[i]);
    }
    return byAxis;
  }
}
