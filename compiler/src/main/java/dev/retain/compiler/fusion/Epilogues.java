package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets products finish what is made of them element by element, while their sums are in the nearest
 * cache: a decay, a residual, a mask. The product is made where its reader was.
 */
final class Epilogues {
  private final Map<Buffer, Integer> readers = new HashMap<>();

  /** The targets of products that lie nowhere now. */
  private final Set<Buffer> gone = new HashSet<>();

  private Epilogues(StageProgram program) {
    program.once().forEach(this::count);
    program.stages().forEach(this::count);
  }

  static StageProgram of(StageProgram program) {
    Epilogues epilogues = new Epilogues(program);
    List<Stage> stages = new ArrayList<>();
    program.stages().forEach(stage -> epilogues.add(stage, stages));
    return new StageProgram(
        program.name(),
        program.buffers().stream().filter(buffer -> !epilogues.gone.contains(buffer)).toList(),
        program.once(),
        stages);
  }

  private void count(Stage stage) {
    for (Stage.OneKernel kernel : stage.kernels()) {
      List<? extends Stage> readers =
          kernel instanceof Stage.Rows rows ? rows.members() : List.of(kernel);
      readers.forEach(reader ->
          reader.sources().forEach(buffer -> this.readers.merge(buffer, 1, Integer::sum)));
    }
  }

  private void add(Stage stage, List<Stage> before) {
    switch (stage) {
      case Stage.Pointwise finish -> join(finish, before);
      case Stage.Rows(List<Axis> axes, List<Stage.Single> members) -> {
        int joined = 0;
        while (joined < members.size()
            && members.get(joined) instanceof Stage.Pointwise finish
            && finishes(finish, before)) {
          joined++;
        }
        List<Stage.Single> rest = members.subList(joined, members.size());
        if (!rest.isEmpty()) {
          before.add(rest.size() == 1 ? rest.getFirst() : new Stage.Rows(axes, rest));
        }
      }
      case Stage.Parts(List<Axis> parts, List<Stage.OneKernel> members) -> {
        List<Stage> inside = new ArrayList<>();
        members.forEach(member -> add(member, inside));
        before.add(
            new Stage.Parts(parts, inside.stream().map(Stage.OneKernel.class::cast).toList()));
      }
      default -> before.add(stage);
    }
  }

  private void join(Stage.Pointwise finish, List<Stage> before) {
    if (!finishes(finish, before)) {
      before.add(finish);
    }
  }

  /** Puts the last product that the stage can finish in its place, if there is one. */
  private boolean finishes(Stage.Pointwise finish, List<Stage> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      if (before.get(i) instanceof Stage.Contract product
          && finish.sources().contains(product.target())) {
        Stage.Finished finished = new Stage.Finished(product, finish);
        if (isPossible(finished)) {
          before.remove(i);
          before.add(finished);
          gone.add(product.target());
          return true;
        }
      }
    }
    return false;
  }

  private boolean isPossible(Stage.Finished stage) {
    Stage.Contract product = stage.product();
    Stage.Pointwise finish = stage.finish();
    return product.target().role() == Role.SCRATCH
        && readers.get(product.target()) == 1
        && !product.adds()
        && isOfRows(product)
        && finish.precision() == product.target().type()
        && finish.target().type() == product.target().type()
        && !stage.sources().contains(finish.target())
        && isInPlace(stage)
        && isInVectors(finish.value())
        && stage.elements().stream().allMatch(element -> isBeside(element, stage));
  }

  /** Whether the product is one of matrices of a block's steps, not of a single step. */
  private static boolean isOfRows(Stage.Contract product) {
    List<Axis> rows = new ArrayList<>(product.target().axes());
    Axis last = rows.isEmpty() ? null : rows.removeLast();
    rows.removeIf(axis ->
        product.right().axes().contains(axis)
            || !product.left().axes().contains(axis)
            || isSingle(axis));
    return last != null
        && !isSingle(last)
        && product.right().axes().contains(last)
        && !product.left().axes().contains(last)
        && !rows.isEmpty()
        && !product.over().stream().allMatch(Epilogues::isSingle)
        && (isOfSteps(product.target().axes()) || isOfSteps(product.over()));
  }

  private static boolean isSingle(Axis axis) {
    return axis.isFixed() && axis.size() == 1;
  }

  private static boolean isOfSteps(Collection<Axis> axes) {
    return axes.contains(Axis.TIME) || axes.contains(Axis.SOURCE);
  }

  /** Whether the finish reads the product once, at its own position, with the same columns last. */
  private static boolean isInPlace(Stage.Finished stage) {
    Buffer made = stage.product().target();
    List<Scalar.Element> read =
        stage.elements().stream().filter(element -> element.buffer().equals(made)).toList();
    Map<Axis, Axis> names = stage.names();
    List<Axis> own = stage.finish().target().axes();
    return read.size() == 1
        && read.getFirst().coordinates().stream().allMatch(Coordinate.Along.class::isInstance)
        && names.size() == made.axes().size()
        && names.keySet().equals(new HashSet<>(own))
        && endsWith(own, columns(stage));
  }

  /** Whether all that is read lies still or side by side as the columns of the product do. */
  private static boolean isBeside(Scalar.Element element, Stage.Finished stage) {
    List<Axis> columns = columns(stage);
    List<Axis> axes = element.coordinates().stream().map(Coordinate::axis).toList();
    return element.buffer().type() == stage.finish().precision()
        && element.coordinates().stream().allMatch(Coordinate.Along.class::isInstance)
        && (Collections.disjoint(axes, columns) || endsWith(axes, columns));
  }

  private static boolean endsWith(List<Axis> axes, List<Axis> last) {
    int others = axes.size() - last.size();
    return others >= 0 && axes.subList(others, axes.size()).equals(last);
  }

  /** The product's last axes that come from the right side alone, in the names of the finish. */
  private static List<Axis> columns(Stage.Finished stage) {
    Stage.Contract product = stage.product();
    List<Axis> axes = product.target().axes();
    int first = axes.size();
    while (first > 0
        && product.right().axes().contains(axes.get(first - 1))
        && !product.left().axes().contains(axes.get(first - 1))) {
      first--;
    }
    return stage.made().coordinates().stream().skip(first).map(Coordinate::axis).toList();
  }

  /** Whether it is made in vectors and of elements alone: what has positions has another stage. */
  private static boolean isInVectors(Scalar value) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position p -> false;
      case Scalar.PairSign s -> false;
      case Scalar.Element e -> true;
      case Scalar.Apply(Function function, List<Scalar> operands) ->
          function.isInVectors() && operands.stream().allMatch(Epilogues::isInVectors);
    };
  }
}
