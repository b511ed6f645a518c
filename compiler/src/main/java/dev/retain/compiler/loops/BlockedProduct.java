package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Storage;
import java.util.ArrayList;
import java.util.List;

/**
 * A product with a matrix that lies in blocks of columns as one with a matrix of three axes, which
 * fills a result whose columns are two.
 */
final class BlockedProduct {
  private BlockedProduct() {}

  /**
   * Where a column begins.
   *
   * @param stored the type of the matrix
   * @param distance of blocks
   */
  static Index place(Index column, ElementType stored, Index distance) {
    Index block = Index.of(Storage.block(stored));
    return column.dividedBy(block).times(distance).plus(column.remainder(block));
  }

  /** The same product with other names for what lies where; itself if nothing lies in blocks. */
  static Stage.Contract unfolded(Stage.Contract stage) {
    Buffer matrix = stage.right().buffer();
    if (matrix.rows() == 0) {
      return stage;
    }
    List<Axis> axes = stage.right().axes();
    int columns = axes.size() - matrix.rows();
    int size =
        axes.stream().skip(matrix.rows()).mapToInt(Axis::size).reduce(1, Math::multiplyExact);
    int width = Storage.block(matrix.type());
    Axis block = Axis.of("block of columns", size / width);
    Axis column = Axis.of("column of block", width);
    List<Axis> blocked = new ArrayList<>(List.of(block));
    blocked.addAll(axes.subList(0, matrix.rows()));
    blocked.add(column);
    Buffer target = stage.target();
    List<Axis> filled = new ArrayList<>(target.axes().subList(0, target.axes().size() - columns));
    filled.addAll(List.of(block, column));
    Buffer right = new Buffer(matrix.id(), matrix.name(), matrix.role(), matrix.type(), blocked);
    return new Stage.Contract(
        new Buffer(target.id(), target.name(), target.role(), target.type(), filled),
        stage.left(),
        new Stage.Operand(right, blocked),
        stage.over(),
        stage.triangle(),
        stage.adds(),
        stage.span());
  }
}
