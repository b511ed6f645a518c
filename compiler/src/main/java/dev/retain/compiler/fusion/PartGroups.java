package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts stages together that can be run part by part: the products of each head of each sequence,
 * and what is made of them element by element. What such a part reads and writes stays in a near
 * cache from its first stage to its last, and workers need not wait for each other between them.
 */
final class PartGroups {
  /** Stages of the same parts; or one stage of another kind. */
  private static final class Group {
    private final List<Axis> parts;
    private final List<Stage.OneKernel> members = new ArrayList<>();

    private Group(List<Axis> parts) {
      this.parts = parts;
    }

    private Stage stage() {
      return members.size() == 1 ? members.getFirst() : new Stage.Parts(parts, members);
    }

    private Set<Buffer> targets() {
      Set<Buffer> targets = new HashSet<>();
      members.forEach(member -> targets.addAll(member.targets()));
      return targets;
    }

    private boolean touches(Set<Buffer> buffers) {
      return members.stream()
          .anyMatch(member ->
              !Collections.disjoint(member.targets(), buffers)
                  || !Collections.disjoint(member.sources(), buffers));
    }
  }

  private final List<Group> groups = new ArrayList<>();

  private PartGroups() {}

  static StageProgram of(StageProgram program) {
    PartGroups groups = new PartGroups();
    for (Stage stage : program.stages()) {
      switch (stage) {
        case Stage.OneKernel one -> groups.add(one);
        case Stage.Parts parts -> throw new IllegalArgumentException("grouped already");
        case Stage.Slices slices -> throw new IllegalArgumentException("grouped already");
      }
    }
    return new StageProgram(
        program.name(),
        program.buffers(),
        program.once(),
        groups.groups.stream().map(Group::stage).toList());
  }

  private void add(Stage.OneKernel stage) {
    List<Axis> own = StageParts.own(stage);
    Optional<Group> known = groupFor(stage);
    Group group = known.orElseGet(() -> new Group(own));
    if (!own.isEmpty()) {
      sink(stage, group);
    }
    group.members.add(stage);
    if (known.isEmpty()) {
      groups.add(own.isEmpty() ? beforeParts(stage) : groups.size(), group);
    }
  }

  /**
   * Where a stage without parts goes: behind what it reads, but before parts that do not need to
   * wait for it, so that what comes later may join them.
   */
  private int beforeParts(Stage.OneKernel stage) {
    int place = lastWriter(stage) + 1;
    while (place < groups.size() && groups.get(place).parts.isEmpty()) {
      place++;
    }
    return place;
  }

  private Optional<Group> groupFor(Stage.OneKernel stage) {
    return groups.subList(Math.max(0, lastWriter(stage)), groups.size()).stream()
        .filter(group -> joins(stage, group))
        .findFirst();
  }

  /**
   * What the stage reads and what has its parts goes along, unless somebody else needs it before.
   */
  private void sink(Stage.OneKernel stage, Group into) {
    int end = groups.contains(into) ? groups.indexOf(into) : groups.size();
    List<Group> moved = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      Group group = groups.get(i);
      boolean alone = group.parts.isEmpty() && group.members.size() == 1;
      if (alone
          && !Collections.disjoint(group.targets(), stage.sources())
          && StageParts.has(group.members.getFirst(), into.parts)
          && StageParts.readsOwnPart(stage, into.parts, group.targets())
          && !into.touches(group.targets())
          && groups.subList(i + 1, end).stream().noneMatch(g -> g.touches(group.targets()))) {
        moved.add(group);
      }
    }
    groups.removeAll(moved);
    moved.forEach(group -> into.members.addAll(group.members));
  }

  /** The last group that writes what the stage reads, where it could be at the earliest; or -1. */
  private int lastWriter(Stage stage) {
    for (int i = groups.size() - 1; i >= 0; i--) {
      if (!Collections.disjoint(groups.get(i).targets(), stage.sources())) {
        return i;
      }
    }
    return -1;
  }

  private static boolean joins(Stage.OneKernel stage, Group group) {
    return !group.parts.isEmpty()
        && group.touches(stage.sources())
        && StageParts.has(stage, group.parts)
        && StageParts.readsOwnPart(stage, group.parts, group.targets());
  }
}
