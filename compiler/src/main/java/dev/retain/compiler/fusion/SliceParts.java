package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.compiler.tensor.Reduction;
import dev.retain.runtime.program.Role;
import java.util.List;

/**
 * Which stages can take the positions of a block, each step of each sequence, slice by slice: of
 * what has positions they touch the slice's own alone, and what has none they only read, or add to.
 */
final class SliceParts {
  private static final List<Axis> POSITIONS = List.of(Axis.BATCH, Axis.TIME);

  private SliceParts() {}

  /** Whether the buffer is a row for each position. */
  static boolean isByPositions(Buffer buffer) {
    return isByPositions(buffer.axes());
  }

  private static boolean isByPositions(List<Axis> axes) {
    return axes.size() >= POSITIONS.size()
        && axes.subList(0, POSITIONS.size()).equals(POSITIONS)
        && isWhole(axes.subList(POSITIONS.size(), axes.size()));
  }

  private static boolean isWhole(List<Axis> axes) {
    return axes.stream().allMatch(Axis::isFixed);
  }

  /** Whether a run of the stage on a slice does that slice's share of it. */
  static boolean has(Stage.OneKernel stage) {
    return switch (stage) {
      case Stage.Rows rows ->
          rows.rows().equals(POSITIONS) && rows.members().stream().allMatch(SliceParts::has);
      case Stage.Pointwise pointwise ->
          (isByPositions(pointwise.target()) || isAddition(pointwise))
              && isOfSlice(pointwise.value());
      case Stage.Reduce reduce ->
          (isByPositions(reduce.target()) && isWhole(reduce.over()) || isSum(reduce))
              && isOfSlice(reduce.value());
      case Stage.Contract contract ->
          contract.triangle() == Triangle.NONE
              && isOfSlice(contract.left())
              && isOfSlice(contract.right())
              && (isByPositions(contract.target()) && isWhole(contract.over()) || isSum(contract));
      case Stage.Finished f -> false;
      case Stage.Lookup l -> false;
      case Stage.Sums s -> false;
      case Stage.Scan s -> false;
      case Stage.Fading f -> false;
      case Stage.Solve s -> false;
    };
  }

  /** What a stage makes of a slice only for somebody to add up; of others there is no such. */
  static boolean isSumOfSlice(Stage.OneKernel stage) {
    return switch (stage) {
      case Stage.Reduce reduce -> isSum(reduce);
      case Stage.Contract contract -> isSum(contract) && !contract.adds();
      default -> false;
    };
  }

  private static boolean isSum(Stage.Reduce stage) {
    return stage.reduction() == Reduction.SUM
        && isWhole(stage.target().axes())
        && stage.over().containsAll(POSITIONS);
  }

  private static boolean isSum(Stage.Contract stage) {
    return isWhole(stage.target().axes()) && stage.over().containsAll(POSITIONS);
  }

  /** Whether the stage adds sums to a gradient, and so may do it slice by slice. */
  static boolean isAddition(Stage.OneKernel stage) {
    return stage instanceof Stage.Pointwise(Buffer target, Scalar value, var precision, var span)
        && target.role() == Role.GRADIENT
        && isWhole(target.axes())
        && value instanceof Scalar.Apply(Function function, List<Scalar> operands)
        && function == Function.ADD
        && isElement(operands.getFirst(), target)
        && isElement(operands.getLast());
  }

  private static boolean isElement(Scalar value) {
    return value instanceof Scalar.Element(Buffer buffer, var coordinates)
        && isElement(value, buffer);
  }

  private static boolean isElement(Scalar value, Buffer buffer) {
    return value.equals(
        new Scalar.Element(
            buffer, buffer.axes().stream().<Coordinate>map(Coordinate.Along::new).toList()));
  }

  private static boolean isOfSlice(Stage.Operand operand) {
    return isWhole(operand.buffer().axes()) && isWhole(operand.axes())
        || isByPositions(operand.buffer()) && isByPositions(operand.axes());
  }

  private static boolean isOfSlice(Scalar value) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position(Axis axis) -> axis.isFixed();
      case Scalar.PairSign(Axis axis) -> axis.isFixed();
      case Scalar.Element(Buffer buffer, List<Coordinate> coordinates) ->
          isWhole(buffer.axes())
              || isByPositions(buffer)
                  && coordinates
                      .subList(0, POSITIONS.size())
                      .equals(POSITIONS.stream().map(Coordinate.Along::new).toList());
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.stream().allMatch(SliceParts::isOfSlice);
    };
  }
}
