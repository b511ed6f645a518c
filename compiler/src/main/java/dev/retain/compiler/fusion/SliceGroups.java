package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts stages together that make and read very long rows, such as logits over a large vocabulary,
 * and lets them take the positions of a block in slices. There is then memory for the rows of one
 * slice. What flows back to a matrix is added up slice by slice, in their order.
 */
final class SliceGroups {
  /** Rows of fewer elements are no longer than those of other values. */
  private static final long LEAST_ROW = 8192;

  /** How many elements of the longest rows a slice has, about. */
  private static final long ELEMENTS = 1L << 23;

  // Each slice packs the matrices that it is multiplied with: of fewer rows that would be much of
  // the time.
  private static final int LEAST_POSITIONS = 128;

  private SliceGroups() {}

  static StageProgram of(StageProgram program) {
    return of(program, LEAST_ROW, ELEMENTS, LEAST_POSITIONS);
  }

  /**
   * The same with other bounds.
   *
   * @param leastRow how long rows must be
   * @param elements how many elements of the longest row a slice should have
   * @param piece positions of a slice are a multiple of this
   */
  static StageProgram of(StageProgram program, long leastRow, long elements, int piece) {
    List<Stage> stages = program.stages();
    Set<Buffer> tried = new HashSet<>();
    for (Buffer buffer : program.buffers()) {
      if (isLong(buffer, leastRow) && tried.add(buffer)) {
        Set<Stage> members = members(buffer, stages, leastRow);
        Set<Buffer> rows = new HashSet<>(Set.of(buffer));
        members.forEach(member -> rows.addAll(longRows(member, leastRow)));
        tried.addAll(rows);
        long longest = rows.stream().mapToLong(SliceGroups::row).max().orElseThrow();
        int positions = Math.toIntExact(Math.max(1, elements / longest / piece) * piece);
        stages = grouped(stages, members, positions).orElse(stages);
      }
    }
    return new StageProgram(program.name(), program.buffers(), program.once(), stages);
  }

  private static boolean isLong(Buffer buffer, long leastRow) {
    return buffer.role() == Role.SCRATCH
        && SliceParts.isByPositions(buffer)
        && row(buffer) >= leastRow;
  }

  /** How many elements belong to a position. */
  private static long row(Buffer buffer) {
    long row = 1;
    for (Axis axis : buffer.axes()) {
      row *= axis.isFixed() ? axis.size() : 1;
    }
    return row;
  }

  private static Set<Buffer> longRows(Stage stage, long leastRow) {
    Set<Buffer> rows = new LinkedHashSet<>(stage.targets());
    rows.addAll(stage.sources());
    rows.removeIf(buffer -> !isLong(buffer, leastRow));
    return rows;
  }

  /** All stages that have long rows of each other, and those that add up sums of them. */
  private static Set<Stage> members(Buffer first, List<Stage> stages, long leastRow) {
    // Stages are not compared: a value may be in one many times.
    Set<Stage> members = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Buffer> open = new ArrayList<>(List.of(first));
    Set<Buffer> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      Buffer buffer = open.removeLast();
      for (Stage stage : stages) {
        if ((stage.targets().contains(buffer) || stage.sources().contains(buffer))
            && members.add(stage)) {
          Set<Buffer> more = longRows(stage, leastRow);
          if (stage instanceof Stage.OneKernel one && SliceParts.isSumOfSlice(one)) {
            more.addAll(stage.targets());
          }
          more.stream().filter(seen::add).forEach(open::add);
        }
      }
    }
    return members;
  }

  /**
   * The stages with the members as one, all others before it or behind it; or nothing if they
   * cannot be put together.
   */
  private static Optional<List<Stage>> grouped(
      List<Stage> stages, Set<Stage> members, int positions) {
    List<Stage> before = new ArrayList<>();
    List<Stage.OneKernel> group = new ArrayList<>();
    List<Stage> behind = new ArrayList<>();
    Set<Buffer> made = new HashSet<>();
    Set<Buffer> madeBehind = new HashSet<>();
    for (Stage stage : stages) {
      Set<Buffer> touched = new HashSet<>(stage.sources());
      touched.addAll(stage.targets());
      if (members.contains(stage)) {
        if (!(stage instanceof Stage.OneKernel one)
            || !SliceParts.has(one)
            || !Collections.disjoint(touched, madeBehind)) {
          return Optional.empty();
        }
        group.add(one);
        made.addAll(stage.targets());
      } else if (Collections.disjoint(touched, made) && Collections.disjoint(touched, madeBehind)) {
        before.add(stage);
      } else {
        behind.add(stage);
        madeBehind.addAll(stage.targets());
      }
    }
    Stage.Slices slices = new Stage.Slices(positions, group);
    if (group.isEmpty() || !areSumsAdded(slices)) {
      return Optional.empty();
    }
    List<Stage> all = new ArrayList<>(before);
    all.add(slices);
    all.addAll(behind);
    return Optional.of(all);
  }

  /** Whether sums of slices are only added up, and nothing is added up but sums of slices. */
  static boolean areSumsAdded(Stage.Slices slices) {
    Set<Buffer> sums = new HashSet<>();
    slices.members().stream()
        .filter(SliceParts::isSumOfSlice)
        .forEach(member -> sums.addAll(member.targets()));
    return slices.members().stream()
        .allMatch(member ->
            SliceParts.isAddition(member)
                ? addends(member).allMatch(sums::contains)
                : Collections.disjoint(member.sources(), sums));
  }

  private static Stream<Buffer> addends(Stage.OneKernel addition) {
    return addition.sources().stream().filter(source -> !addition.targets().contains(source));
  }
}
