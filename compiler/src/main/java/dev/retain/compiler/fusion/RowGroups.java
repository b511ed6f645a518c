package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts stages that go over the same steps together, so that what one makes of a step is still in
 * the nearest cache when the next reads it, and workers need not wait for each other between them.
 */
final class RowGroups {
  // Each member is a procedure of its own, but all of them are called from one.
  private static final int MOST_MEMBERS = 16;

  /** Stages that run one after the other for each row; or one stage of another kind. */
  private static final class Group {
    private final List<Axis> rows;
    private final List<Stage> members;

    private Group(List<Axis> rows, List<Stage> members) {
      this.rows = rows;
      this.members = members;
    }

    private Stage stage() {
      return members.size() == 1
          ? members.getFirst()
          : new Stage.Rows(rows, members.stream().map(Stage.Single.class::cast).toList());
    }

    private boolean writes(Set<Buffer> buffers) {
      return members.stream().anyMatch(m -> !Collections.disjoint(m.targets(), buffers));
    }

    private Set<Buffer> touched() {
      Set<Buffer> touched = new HashSet<>();
      for (Stage member : members) {
        touched.addAll(member.targets());
        touched.addAll(member.sources());
      }
      return touched;
    }
  }

  private final List<Group> groups = new ArrayList<>();

  private RowGroups() {}

  static StageProgram of(StageProgram program) {
    RowGroups groups = new RowGroups();
    program.stages().forEach(groups::add);
    return new StageProgram(
        program.name(),
        program.buffers(),
        program.once(),
        groups.groups.stream().map(Group::stage).toList());
  }

  private void add(Stage stage) {
    List<Axis> rows = rows(stage);
    if (!rows.isEmpty()) {
      for (int i = firstAfterSources(stage); i < groups.size(); i++) {
        if (join(groups.get(i), stage, rows)) {
          return;
        }
      }
    }
    groups.add(new Group(rows, new ArrayList<>(List.of(stage))));
  }

  /** The last group that writes what the stage reads, where the stage could be at the earliest. */
  private int firstAfterSources(Stage stage) {
    for (int i = groups.size() - 1; i > 0; i--) {
      if (groups.get(i).writes(stage.sources())) {
        return i;
      }
    }
    return 0;
  }

  private static boolean join(Group group, Stage stage, List<Axis> rows) {
    if (!group.rows.equals(rows)
        || group.members.size() == MOST_MEMBERS
        || Collections.disjoint(group.touched(), stage.sources())) {
      return false;
    }
    Set<Buffer> written = new LinkedHashSet<>();
    group.members.forEach(member -> written.addAll(member.targets()));
    if (!readsOwnRow(value(stage), rows, written)) {
      return false;
    }
    group.members.add(stage);
    return true;
  }

  private static Scalar value(Stage stage) {
    return switch (stage) {
      case Stage.Pointwise pointwise -> pointwise.value();
      case Stage.Reduce reduce -> reduce.value();
      default -> throw new IllegalArgumentException("no row by row: " + stage);
    };
  }

  /** Whether the value reads of the buffers only what belongs to its own row. */
  static boolean readsOwnRow(Scalar value, List<Axis> rows, Set<Buffer> buffers) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position p -> true;
      case Scalar.PairSign s -> true;
      case Scalar.Element(Buffer buffer, List<Coordinate> coordinates) ->
          !buffers.contains(buffer)
              || coordinates.size() >= rows.size()
                  && coordinates
                      .subList(0, rows.size())
                      .equals(rows.stream().map(Coordinate.Along::new).toList());
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.stream().allMatch(operand -> readsOwnRow(operand, rows, buffers));
    };
  }

  /** The axes of the rows that a stage can go over one by one: all up to its steps; or none. */
  private static List<Axis> rows(Stage stage) {
    boolean byRows =
        switch (stage) {
          case Stage.Pointwise pointwise -> !pointwise.sources().contains(pointwise.target());
          case Stage.Reduce reduce -> readsAlong(reduce.value(), reduce.over());
          default -> false;
        };
    return byRows ? rows(stage.targets().getFirst().axes()) : List.of();
  }

  private static List<Axis> rows(List<Axis> axes) {
    int time = axes.indexOf(Axis.TIME);
    int source = axes.indexOf(Axis.SOURCE);
    // Of a matrix of steps by steps, a row is what lies side by side.
    int last = time < 0 || source < 0 ? Math.max(time, source) : Math.min(time, source);
    return axes.subList(0, last + 1);
  }

  /** Whether what is summed lies behind each other in memory. */
  private static boolean readsAlong(Scalar value, List<Axis> over) {
    return switch (value) {
      case Scalar.Literal l -> true;
      case Scalar.Position p -> true;
      case Scalar.PairSign s -> true;
      case Scalar.Element(Buffer buffer, List<Coordinate> coordinates) ->
          coordinates.stream().noneMatch(coordinate -> over.contains(coordinate.axis()))
              || coordinates.getLast().equals(new Coordinate.Along(over.getLast()));
      case Scalar.Apply(var function, List<Scalar> operands) ->
          operands.stream().allMatch(operand -> readsAlong(operand, over));
    };
  }
}
