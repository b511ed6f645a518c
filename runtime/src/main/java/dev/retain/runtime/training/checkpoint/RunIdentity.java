package dev.retain.runtime.training.checkpoint;

import dev.retain.runtime.training.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What makes a run this run and no other.
 *
 * @param settings by the names that the user gives them, all that results depend on: also
 *     fingerprints of the definition and of the data
 * @param choices that were made by measuring, and that a resumed run repeats wherever it runs
 */
public record RunIdentity(SequencedMap<String, String> settings, Map<String, String> choices) {
  private static final String UNSET = "not set";

  public RunIdentity {
    settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    choices = Collections.unmodifiableMap(new LinkedHashMap<>(choices));
  }

  /**
   * Refuses to go on with other settings than those that a run was begun with.
   *
   * @param checkpoint where the run was kept
   * @throws TrainingException naming every setting that differs
   */
  public void requireBegunWith(RunIdentity stored, Path checkpoint) {
    Set<String> names = new LinkedHashSet<>(stored.settings.keySet());
    names.addAll(settings.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = stored.settings.getOrDefault(name, UNSET);
      String is = settings.getOrDefault(name, UNSET);
      if (!was.equals(is)) {
        differences.add("%s was %s and is now %s".formatted(name, was, is));
      }
    }
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "the run in %s was begun with other settings, so it cannot be resumed with these:\n  %s\nGive what it was begun with, or begin another run with another --out."
              .formatted(checkpoint, String.join("\n  ", differences)));
    }
  }
}
