package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Storage;
import java.util.ArrayList;
import java.util.List;

/**
 * A product with a matrix that lies in blocks of columns, as a product for each block: of a matrix
 * of three axes, which fills a result whose columns are two.
 */
final class BlockedProduct {
  private static final Axis COLUMN = Axis.of("column of block", Storage.BLOCK);

  private BlockedProduct() {}

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
    Axis block = Axis.of("block of columns", size / Storage.BLOCK);
    List<Axis> blocked = new ArrayList<>(List.of(block));
    blocked.addAll(axes.subList(0, matrix.rows()));
    blocked.add(COLUMN);
    Buffer target = stage.target();
    List<Axis> filled = new ArrayList<>(target.axes().subList(0, target.axes().size() - columns));
    filled.addAll(List.of(block, COLUMN));
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
