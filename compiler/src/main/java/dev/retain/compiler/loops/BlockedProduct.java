package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.ElementReplacement;
import dev.retain.compiler.fusion.Scalar;
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

  /** The same of a product that is finished: what is read for its columns has two axes, too. */
  static Stage.Finished unfolded(Stage.Finished stage) {
    Stage.Contract product = unfolded(stage.product());
    if (product.equals(stage.product())) {
      return stage;
    }
    List<Axis> blocked = product.target().axes();
    List<Axis> two = blocked.subList(blocked.size() - 2, blocked.size());
    int outer = blocked.size() - two.size();
    List<Axis> columns =
        stage.made().coordinates().stream().skip(outer).map(Coordinate::axis).toList();
    Stage.Pointwise finish = stage.finish();
    Scalar value =
        new ElementReplacement(element ->
            element.buffer().equals(stage.product().target())
                ? new Scalar.Element(product.target(), inTwo(element.coordinates(), columns, two))
                : new Scalar.Element(
                    inTwo(element.buffer(), element.coordinates(), columns, two),
                    inTwo(element.coordinates(), columns, two)))
            .replace(finish.value());
    Buffer target =
        inTwo(
            finish.target(),
            finish.target().axes().stream().<Coordinate>map(Coordinate.Along::new).toList(),
            columns,
            two);
    return new Stage.Finished(
        product, new Stage.Pointwise(target, value, finish.precision(), finish.span()));
  }

  private static Buffer inTwo(
      Buffer buffer, List<Coordinate> coordinates, List<Axis> columns, List<Axis> two) {
    if (!isAlong(coordinates, columns)) {
      return buffer;
    }
    List<Axis> axes = new ArrayList<>(buffer.axes());
    axes.subList(axes.size() - columns.size(), axes.size()).clear();
    axes.addAll(two);
    return new Buffer(buffer.id(), buffer.name(), buffer.role(), buffer.type(), axes);
  }

  private static List<Coordinate> inTwo(
      List<Coordinate> coordinates, List<Axis> columns, List<Axis> two) {
    if (!isAlong(coordinates, columns)) {
      return coordinates;
    }
    List<Coordinate> all = new ArrayList<>(coordinates);
    all.subList(all.size() - columns.size(), all.size()).clear();
    two.forEach(axis -> all.add(new Coordinate.Along(axis)));
    return all;
  }

  private static boolean isAlong(List<Coordinate> coordinates, List<Axis> columns) {
    return coordinates.stream().anyMatch(coordinate -> columns.contains(coordinate.axis()));
  }
}
