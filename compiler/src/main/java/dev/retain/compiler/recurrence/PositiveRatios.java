package dev.retain.compiler.recurrence;

import dev.retain.compiler.tensor.RecurrenceCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recurrence and those groups of its states of which only ratios matter.
 *
 * @param form its body has the exponents of the groups, too
 */
public record PositiveRatios(NormalForm form, List<PositiveRatio> groups) {
  public PositiveRatios {
    groups = List.copyOf(groups);
  }

  /** The groups of as few states as possible each. */
  public static PositiveRatios of(NormalForm form) {
    RatioFinder finder = new RatioFinder(form);
    List<PositiveRatio> groups = finder.groups();
    return new PositiveRatios(finder.form(), groups);
  }

  /** The group that the state is in. */
  public Optional<PositiveRatio> ofState(int state) {
    return groups.stream().filter(group -> group.states().contains(state)).findFirst();
  }

  /** The group that the node of the body reads. */
  public Optional<PositiveRatio> ofReadOut(int node) {
    return groups.stream().filter(group -> group.free().containsKey(node)).findFirst();
  }

  /** What the forms of the recurrence keep: its states, and the maxima of the groups. */
  public List<RecurrenceCall.State> kept() {
    List<RecurrenceCall.State> kept = new ArrayList<>(form.call().states());
    groups.forEach(group -> kept.add(group.maximum(form.call())));
    return kept;
  }
}
