package dev.retain.compiler.fusion;

import dev.retain.compiler.diagnostics.CompilerMistakeException;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks the order of stages, those that run once before all others: each buffer is written once,
 * before it is read, and by a stage that may; and that each stage knows the axes that it runs over.
 */
public final class StageVerifier {
  private static final String OTHER_ROWS = "reads other rows than its own";

  private final StageProgram program;
  private final Set<Buffer> known;
  private final Set<Buffer> filled = new HashSet<>();

  private StageVerifier(StageProgram program) {
    this.program = program;
    this.known = new HashSet<>(program.buffers());
  }

  /**
   * @throws CompilerMistakeException naming the first stage or buffer that is wrong
   */
  public static void verify(StageProgram program) {
    new StageVerifier(program).verify();
  }

  private void verify() {
    program.once().forEach(stage -> verify(stage, true));
    program.stages().forEach(stage -> verify(stage, false));
    for (Buffer buffer : program.buffers()) {
      boolean result = buffer.role() == Role.OUTPUT || buffer.role() == Role.NEXT_STATE;
      if (result && !filled.contains(buffer)) {
        throw mistake(buffer.name() + " is never written");
      }
    }
  }

  private void verify(Stage stage, boolean once) {
    switch (stage) {
      case Stage.Single single -> verifySingle(single, once);
      case Stage.Rows rows -> {
        rows.members().forEach(member -> verifySingle(member, once));
        Set<Buffer> own = new HashSet<>(rows.targets());
        rows.members().forEach(member -> row(rows, member, own));
      }
      case Stage.Parts parts -> {
        parts.members().forEach(member -> verify(member, once));
        Set<Buffer> own = new HashSet<>(parts.targets());
        for (Stage.OneKernel member : parts.members()) {
          if (!StageParts.has(member, parts.parts())) {
            throw mistake("the stage of " + member.targets().getLast().name() + " has other parts");
          }
          if (!StageParts.readsOwnPart(member, parts.parts(), own)) {
            throw mistake(
                "the stage of " + member.targets().getLast().name() + " reads other parts");
          }
        }
      }
      case Stage.Slices slices -> {
        slices.members().forEach(member -> verify(member, once));
        for (Stage.OneKernel member : slices.members()) {
          if (!SliceParts.has(member)) {
            throw mistake("the stage of " + member.targets().getLast().name() + " has no slices");
          }
        }
        if (!SliceGroups.areSumsAdded(slices)) {
          throw mistake("a sum of a slice is used as if it were that of all positions");
        }
      }
    }
  }

  private void row(Stage.Rows rows, Stage.Single member, Set<Buffer> own) {
    List<Axis> axes = member.target().axes();
    require(
        axes.size() >= rows.rows().size()
            && axes.subList(0, rows.rows().size()).equals(rows.rows()),
        member,
        "has no such rows");
    switch (member) {
      case Stage.Pointwise p ->
          require(RowGroups.readsOwnRow(p.value(), rows.rows(), own), member, OTHER_ROWS);
      case Stage.Reduce r ->
          require(RowGroups.readsOwnRow(r.value(), rows.rows(), own), member, OTHER_ROWS);
      default -> throw mistake("the stage of " + member.target().name() + " goes by no rows");
    }
  }

  private void verifySingle(Stage.Single stage, boolean once) {
    for (Buffer source : stage.sources()) {
      require(known.contains(source), stage, "reads " + source.name() + ", which is no buffer");
      require(
          isFilledBefore(source) || filled.contains(source),
          stage,
          "reads " + source.name() + " before it is written");
      require(
          !once || source.role() == Role.STATIC || source.role() == Role.CONSTANT,
          stage,
          "runs once, but reads " + source.name() + ", which changes");
    }
    target(stage, once);
    axes(stage);
    filled.add(stage.target());
  }

  private void target(Stage.Single stage, boolean once) {
    Buffer target = stage.target();
    require(known.contains(target), stage, "writes no buffer of the program");
    require(
        !isFilledBefore(target) || target.role() == Role.GRADIENT,
        stage,
        "writes what it is given");
    boolean adds = target.role() == Role.GRADIENT && stage.sources().contains(target);
    require(adds || !filled.contains(target), stage, "writes what another stage has written");
    require(
        once == (target.role() == Role.STATIC),
        stage,
        once ? "runs once into memory that is used again" : "writes static memory every time");
  }

  private void axes(Stage.Single stage) {
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    switch (stage) {
      case Stage.Pointwise p -> scalar(stage, p.value(), axes);
      case Stage.Reduce r -> {
        axes.addAll(r.over());
        scalar(stage, r.value(), axes);
      }
      case Stage.Contract c -> {
        axes.addAll(c.over());
        for (Stage.Operand operand : List.of(c.left(), c.right())) {
          require(axes.containsAll(operand.axes()), stage, "reads an axis that it does not have");
          require(operand.axes().containsAll(c.over()), stage, "sums over an axis of one side");
          extents(stage, operand.buffer().axes(), operand.axes());
        }
      }
      case Stage.Finished f -> {
        axes(f.product());
        axes(f.finish());
        for (Scalar.Element element : f.elements()) {
          require(
              !element.buffer().equals(f.product().target()) || element.equals(f.made()),
              stage,
              "reads other elements of a product that lies nowhere");
        }
      }
      case Stage.Lookup l -> {
        List<Axis> found = new ArrayList<>(l.index().axes());
        l.table().axes().stream().filter(a -> !a.equals(l.axis())).forEach(found::add);
        require(found.equals(axes), stage, "looks up rows of another shape");
      }
      case Stage.Sums s -> {
        require(s.axis().equals(axes.getFirst()), stage, "sums rows along another axis");
        require(
            s.value().axes().containsAll(s.index().axes()), stage, "sums what has no such rows");
        extents(stage, s.value().buffer().axes(), s.value().axes());
        axes.addAll(s.index().axes());
        require(axes.containsAll(s.value().axes()), stage, "reads an axis that it does not have");
      }
      case Stage.Scan s -> {
        require(axes.contains(Axis.TIME), stage, "sums the steps of what has none");
        scalar(stage, s.value(), axes);
      }
      case Stage.Fading f -> {
        require(axes.contains(Axis.TIME) && axes.contains(Axis.SOURCE), stage, "scores no steps");
        axes.add(f.channel());
        for (Stage.Operand operand : List.of(f.query(), f.key(), f.decay())) {
          require(axes.containsAll(operand.axes()), stage, "reads an axis that it does not have");
          extents(stage, operand.buffer().axes(), operand.axes());
        }
        require(f.key().axes().getLast().equals(Axis.SOURCE), stage, "reads keys apart");
      }
      case Stage.Solve s -> {
        require(axes.containsAll(s.rows()), stage, "solves for rows that it does not have");
        require(axes.containsAll(s.right().axes()), stage, "reads an axis that it does not have");
        axes.addAll(s.columns());
        require(axes.containsAll(s.matrix().axes()), stage, "reads an axis that it does not have");
        extents(stage, s.rows(), s.columns());
        for (Stage.Operand operand : List.of(s.matrix(), s.right())) {
          extents(stage, operand.buffer().axes(), operand.axes());
        }
      }
    }
    require(new HashSet<>(axes).size() == axes.size(), stage, "has an axis twice");
  }

  private void scalar(Stage.Single stage, Scalar value, List<Axis> axes) {
    switch (value) {
      case Scalar.Literal l -> {}
      case Scalar.Position(Axis axis) -> require(axes.contains(axis), stage, "lacks " + axis);
      case Scalar.PairSign(Axis axis) -> require(axes.contains(axis), stage, "lacks " + axis);
      case Scalar.Element(Buffer buffer, List<Coordinate> coordinates) -> {
        require(
            coordinates.size() == buffer.axes().size(),
            stage,
            "reads " + buffer.name() + " with another number of coordinates than it has axes");
        for (int i = 0; i < coordinates.size(); i++) {
          coordinate(stage, coordinates.get(i), buffer.axes().get(i), axes);
        }
      }
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.forEach(operand -> scalar(stage, operand, axes));
    }
  }

  private void coordinate(
      Stage.Single stage, Coordinate coordinate, Axis dimension, List<Axis> axes) {
    Axis axis = coordinate.axis();
    require(axes.contains(axis), stage, "lacks " + axis);
    switch (coordinate) {
      case Coordinate.Along a -> extents(stage, List.of(dimension), List.of(axis));
      case Coordinate.Partner p -> {
        extents(stage, List.of(dimension), List.of(axis));
        require(axis.size() % 2 == 0, stage, "reads partners along an odd axis");
      }
      case Coordinate.Half h ->
          require(axis.size() == 2 * dimension.size(), stage, "reads pairs of another number");
    }
  }

  private void extents(Stage.Single stage, List<Axis> memory, List<Axis> names) {
    require(
        memory.stream()
            .map(Axis::extent)
            .toList()
            .equals(names.stream().map(Axis::extent).toList()),
        stage,
        "reads memory of another shape");
  }

  /** Whether a run finds the buffer filled. */
  private static boolean isFilledBefore(Buffer buffer) {
    return switch (buffer.role()) {
      case PARAMETER, CONSTANT, INPUT, STATE, GRADIENT -> true;
      case NEXT_STATE, OUTPUT, SCRATCH, STATIC, WORKSPACE -> false;
    };
  }

  private void require(boolean condition, Stage.Single stage, String problem) {
    if (!condition) {
      throw mistake("the stage of " + stage.target().name() + " " + problem);
    }
  }

  private CompilerMistakeException mistake(String problem) {
    return new CompilerMistakeException(problem, StagePrinter.print(program));
  }
}
