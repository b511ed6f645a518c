package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Along which axes a stage falls into parts that know nothing of each other. Kernels share out
 * whole parts if there are as many workers as parts, since they number their work in the order of
 * these axes.
 */
final class StageParts {
  private StageParts() {}

  /** The axes that a stage has by itself, in order; empty if others can say. */
  static List<Axis> own(Stage.OneKernel stage) {
    return switch (stage) {
      case Stage.Contract contract -> own(contract);
      case Stage.Finished finished -> own(finished.product());
      case Stage.Solve solve -> own(solve);
      case Stage.Pointwise p -> List.of();
      case Stage.Rows r -> List.of();
      case Stage.Reduce r -> List.of();
      case Stage.Lookup l -> List.of();
      case Stage.Sums s -> List.of();
      case Stage.Scan s -> List.of();
      case Stage.Fading f -> List.of();
    };
  }

  /** A product of matrices for each position along axes that all three of them have. */
  private static List<Axis> own(Stage.Contract stage) {
    List<Axis> left = stage.left().axes();
    List<Axis> right = stage.right().axes();
    List<Axis> rest = new ArrayList<>(stage.target().axes());
    List<Axis> shared = rest.stream().filter(a -> left.contains(a) && right.contains(a)).toList();
    rest.removeAll(shared);
    boolean matrices =
        !stage.adds()
            && shared.contains(Axis.BATCH)
            && !rest.isEmpty()
            && rest.size() <= 2
            && rest.getLast().equals(stage.target().axes().getLast())
            && right.contains(rest.getLast())
            && (rest.size() == 1 || left.contains(rest.getFirst()));
    return matrices ? shared : List.of();
  }

  /** A triangular system for each position along the axes around its rows and columns. */
  private static List<Axis> own(Stage.Solve stage) {
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    Axis last = axes.getLast();
    axes.removeAll(stage.rows());
    axes.remove(last);
    return axes.contains(Axis.BATCH) ? axes : List.of();
  }

  /** Whether the stage falls into parts along the axes. */
  static boolean has(Stage.OneKernel stage, List<Axis> parts) {
    return switch (stage) {
      case Stage.Pointwise pointwise -> pointwise.target().axes().containsAll(parts);
      case Stage.Reduce reduce -> reduce.target().axes().containsAll(parts);
      case Stage.Scan scan -> scan.target().axes().containsAll(parts);
      case Stage.Rows rows ->
          rows.rows().size() >= parts.size() && rows.rows().subList(0, parts.size()).equals(parts);
      default -> own(stage).equals(parts);
    };
  }

  /** Whether a part reads of the buffers only what belongs to the same part. */
  static boolean readsOwnPart(Stage.OneKernel stage, List<Axis> parts, Set<Buffer> buffers) {
    return switch (stage) {
      case Stage.Pointwise pointwise -> readsOwnPart(pointwise.value(), parts, buffers);
      case Stage.Rows rows ->
          rows.members().stream().allMatch(member -> readsOwnPart(member, parts, buffers));
      case Stage.Reduce reduce -> readsOwnPart(reduce.value(), parts, buffers);
      case Stage.Scan scan -> readsOwnPart(scan.value(), parts, buffers);
      case Stage.Contract c -> isOwn(c.left(), parts, buffers) && isOwn(c.right(), parts, buffers);
      case Stage.Finished f ->
          readsOwnPart(f.product(), parts, buffers)
              && readsOwnPart(f.finish().value(), parts, buffers);
      case Stage.Solve s -> isOwn(s.matrix(), parts, buffers) && isOwn(s.right(), parts, buffers);
      case Stage.Fading f ->
          isOwn(f.query(), parts, buffers)
              && isOwn(f.key(), parts, buffers)
              && isOwn(f.decay(), parts, buffers);
      case Stage.Lookup l -> false;
      case Stage.Sums s -> false;
    };
  }

  private static boolean isOwn(Stage.Operand operand, List<Axis> parts, Set<Buffer> buffers) {
    return !buffers.contains(operand.buffer()) || operand.axes().containsAll(parts);
  }

  private static boolean readsOwnPart(Scalar value, List<Axis> parts, Set<Buffer> buffers) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position p -> true;
      case Scalar.PairSign s -> true;
      case Scalar.Element(Buffer buffer, List<Coordinate> coordinates) ->
          !buffers.contains(buffer)
              || parts.stream().allMatch(axis -> coordinates.contains(new Coordinate.Along(axis)));
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.stream().allMatch(operand -> readsOwnPart(operand, parts, buffers));
    };
  }
}
