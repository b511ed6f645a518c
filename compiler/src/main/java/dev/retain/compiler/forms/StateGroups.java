package dev.retain.compiler.forms;

import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import java.util.ArrayList;
import java.util.List;

/** States in groups that read each other, each after the groups that it reads. */
final class StateGroups {
  private final boolean[][] reads;

  private StateGroups(NormalForm form) {
    int count = form.equations().size();
    reads = new boolean[count][count];
    for (int s = 0; s < count; s++) {
      for (Term term : form.equations().get(s).reads()) {
        reads[s][term.state()] = true;
      }
    }
    for (int through = 0; through < count; through++) {
      for (int s = 0; s < count; s++) {
        for (int r = 0; r < count; r++) {
          reads[s][r] |= reads[s][through] && reads[through][r];
        }
      }
    }
  }

  static List<List<Integer>> of(NormalForm form) {
    return new StateGroups(form).groups();
  }

  private List<List<Integer>> groups() {
    List<List<Integer>> groups = new ArrayList<>();
    boolean[] placed = new boolean[reads.length];
    while (groups.stream().mapToInt(List::size).sum() < placed.length) {
      for (int s = 0; s < placed.length; s++) {
        if (!placed[s] && isReady(s, placed)) {
          List<Integer> group = group(s);
          group.forEach(member -> placed[member] = true);
          groups.add(group);
        }
      }
    }
    return groups;
  }

  private boolean isReady(int state, boolean[] placed) {
    for (int r = 0; r < placed.length; r++) {
      if (reads[state][r] && !placed[r] && r != state && !reads[r][state]) {
        return false;
      }
    }
    return true;
  }

  private List<Integer> group(int state) {
    List<Integer> group = new ArrayList<>(List.of(state));
    for (int r = 0; r < reads.length; r++) {
      if (r != state && reads[state][r] && reads[r][state]) {
        group.add(r);
      }
    }
    return group;
  }
}
