package dev.retain.compiler.fusion;

import dev.retain.runtime.program.Inputs;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which stages of a program are its way back: those that anything reaches that flows back. They
 * come after all others, and no group has stages of both, so that the way forward can be run by
 * itself, and the way back when everything that comes after the block has been gone through.
 */
final class WayBack {
  private final List<Stage> forward = new ArrayList<>();
  private final List<Stage> back = new ArrayList<>();

  private WayBack() {}

  static WayBack of(List<Stage> stages) {
    WayBack ways = new WayBack();
    Set<Buffer> reached = new HashSet<>();
    for (Stage stage : stages) {
      boolean isReached =
          stage.sources().stream()
              .anyMatch(buffer -> flowsBack(buffer) || reached.contains(buffer));
      (isReached ? ways.back : ways.forward).add(stage);
      if (isReached) {
        reached.addAll(stage.targets());
      }
    }
    return ways;
  }

  private static boolean flowsBack(Buffer buffer) {
    return buffer.role() == Role.INPUT && Inputs.isAdjoint(buffer.name());
  }

  /** Those before it, in order. */
  List<Stage> forward() {
    return Collections.unmodifiableList(forward);
  }

  List<Stage> back() {
    return Collections.unmodifiableList(back);
  }

  /** What the way back reads. */
  Set<Buffer> read() {
    Set<Buffer> read = new HashSet<>();
    back.forEach(stage -> read.addAll(stage.sources()));
    return read;
  }
}
