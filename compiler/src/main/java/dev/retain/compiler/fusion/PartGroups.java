package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** The members that can be run part by part: of stages that share rows, perhaps each alone. */
    private List<Stage.OneKernel> apart(List<Axis> parts) {
      return members.stream()
          .<Stage.OneKernel>mapMulti((member, into) -> {
            if (member instanceof Stage.Rows rows && !StageParts.has(rows, parts)) {
              rows.members().forEach(into);
            } else {
              into.accept(member);
            }
          })
          .toList();
    }

    private boolean has(List<Axis> others) {
      return parts.equals(others)
          || parts.isEmpty() && members.stream().allMatch(m -> StageParts.has(m, others));
    }

    private Set<Buffer> sources() {
      Set<Buffer> sources = new HashSet<>();
      members.forEach(member -> sources.addAll(member.sources()));
      return sources;
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

  /** What the block before has left, part by part. */
  private final Set<Buffer> carried;

  private final List<Group> groups = new ArrayList<>();

  private PartGroups(Set<Buffer> carried) {
    this.carried = carried;
  }

  static StageProgram of(StageProgram program) {
    PartGroups groups =
        new PartGroups(
            program.buffers().stream().filter(PartGroups::isCarried).collect(Collectors.toSet()));
    for (Stage stage : program.stages()) {
      switch (stage) {
        case Stage.OneKernel one -> groups.add(one);
        case Stage.Parts parts -> throw new IllegalArgumentException("grouped already");
        case Stage.Slices slices -> throw new IllegalArgumentException("grouped already");
      }
    }
    groups.gather();
    return new StageProgram(
        program.name(),
        program.buffers(),
        program.once(),
        groups.groups.stream().map(Group::stage).toList());
  }

  private static boolean isCarried(Buffer buffer) {
    return buffer.role() == Role.STATE
        || buffer.role() == Role.INPUT && Inputs.isAdjointOfState(buffer.name());
  }

  private void add(Stage.OneKernel stage) {
    List<Axis> found = StageParts.own(stage);
    Group group = new Group(readsOwnPart(List.of(stage), found, Set.of()) ? found : List.of());
    group.members.add(stage);
    groups.add(group);
  }

  /** Groups with parts take in others until none can. */
  private void gather() {
    int before;
    do {
      before = groups.size();
      for (Group group : List.copyOf(groups)) {
        while (groups.contains(group) && !group.parts.isEmpty() && takeOne(groups.indexOf(group))) {
          continue;
        }
      }
    } while (groups.size() < before);
  }

  private boolean takeOne(int place) {
    return takeOneAfter(place) || takeOneBefore(place);
  }

  /** What goes on with what the group has touched, if nothing between them makes it. */
  private boolean takeOneAfter(int place) {
    Group group = groups.get(place);
    Set<Buffer> made = new HashSet<>();
    for (Group other : groups.subList(place + 1, groups.size())) {
      if (other.has(group.parts)
          && Collections.disjoint(made, other.sources())
          && group.touches(other.sources())
          && readsOwnPart(other.members, group.parts, group.targets())) {
        groups.remove(other);
        group.members.addAll(other.members);
        return true;
      }
      made.addAll(other.targets());
    }
    return false;
  }

  /** What the group reads goes along with it, and its like, unless somebody needs that before. */
  private boolean takeOneBefore(int place) {
    Group group = groups.get(place);
    for (int i = place - 1; i >= 0; i--) {
      Group other = groups.get(i);
      List<Stage.OneKernel> apart = other.apart(group.parts);
      Set<Buffer> targets = other.targets();
      boolean isRead = !Collections.disjoint(targets, group.sources());
      boolean isLike = other.parts.equals(group.parts) && group.touches(other.sources());
      if ((isRead && other.parts.isEmpty() || isLike)
          && groups.subList(i + 1, place).stream().noneMatch(g -> g.touches(targets))
          && apart.stream().allMatch(member -> StageParts.has(member, group.parts))
          && readsOwnPart(apart, group.parts, Set.of())
          && readsOwnPart(group.members, group.parts, targets)) {
        groups.remove(other);
        group.members.addAll(0, apart);
        return true;
      }
    }
    return false;
  }

  /** Of these buffers and of what is carried, so that blocks of a part can follow each other. */
  private boolean readsOwnPart(
      List<Stage.OneKernel> stages, List<Axis> parts, Set<Buffer> buffers) {
    Set<Buffer> all = new HashSet<>(carried);
    all.addAll(buffers);
    return stages.stream().allMatch(stage -> StageParts.readsOwnPart(stage, parts, all));
  }
}
