package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Triangle;
import dev.retain.runtime.memory.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What products over packed panels differ by, and the loops over panels that follow from it.
 *
 * @param triangle what need not be computed
 * @param blocked whether the right side lies in blocks of columns
 * @param units the strides that are 1; others are arguments
 */
record PanelShape(
    int vectorBits,
    Tiling tiling,
    ElementType left,
    ElementType right,
    ElementType real,
    Triangle triangle,
    boolean blocked,
    Set<String> units) {
  private static final List<String> STRIDES =
      List.of("cRow", "aRow", "aStep", "bStep", "bColumn", "bBlock");

  /**
   * @param strides the distances of rows, columns and steps in the three matrices, and of blocks if
   *     the right side lies in such
   */
  static PanelShape of(
      Target target,
      ElementType left,
      ElementType right,
      ElementType real,
      Triangle triangle,
      Map<String, Index> strides) {
    return new PanelShape(
        target.vectorBits(),
        target.tiling(),
        left,
        right,
        real,
        triangle,
        strides.containsKey("bBlock"),
        STRIDES.stream()
            .filter(stride -> Index.ONE.equals(strides.get(stride)))
            .collect(Collectors.toUnmodifiableSet()));
  }

  int lanes() {
    return Target.lanes(vectorBits, real);
  }

  /** Whether rows of the left side are packed, too: k does not go along their memory. */
  boolean packedRows() {
    return !isOne("aStep");
  }

  /** Rows of a panel of the left side. */
  int panelHeight() {
    return tiling.panelHeight(lanes());
  }

  boolean isOne(String stride) {
    return units.contains(stride);
  }

  static Index at(String name) {
    return Index.variable(name);
  }

  Index stride(String name) {
    return isOne(name) ? Index.ONE : at(name);
  }

  /** The strides that are arguments. */
  Stream<String> arguments() {
    return STRIDES.stream().filter(s -> !isOne(s) && (blocked || !s.equals("bBlock")));
  }

  /** Where a row of the left side begins in the workspace. */
  Index packedRow(Index row) {
    return tiling.rowsBegin(real).plus(row.times(at("depth")));
  }

  static Statement loop(String variable, Index from, Index to, int step, List<Statement> body) {
    return new Statement.For(variable, from, to, step, body, Procedure.NO_LINE);
  }

  /** Where panels of so many vectors begin within the block of columns. */
  private Index start(int vectors) {
    return vectors == tiling.vectors() ? Index.ZERO : at("end" + (vectors + 1));
  }

  /** Where they end. */
  Index wholeEnd(int vectors) {
    long panel = (long) vectors * lanes();
    Index start = start(vectors);
    return at("width").minus(start).dividedBy(panel).times(panel).plus(start);
  }

  /** What is done for a panel. */
  interface Inside {
    List<Statement> at(int vectors, Index column);
  }

  /**
   * Loops over panels, from wide to narrow.
   *
   * @param edge what is done for columns that are less than a vector
   */
  List<Statement> panelLoops(String name, Inside panel, Statement edge) {
    List<Statement> statements = new ArrayList<>();
    for (int vectors = tiling.vectors(); vectors > 0; vectors--) {
      String variable = name + vectors;
      statements.add(
          loop(
              variable,
              start(vectors),
              at("end" + vectors),
              vectors * lanes(),
              panel.at(vectors, at(variable))));
    }
    if (lanes() > 1) {
      statements.add(new Statement.IfLess(at("end1"), at("width"), List.of(edge), List.of()));
    }
    return statements;
  }
}
