package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.WeightsException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/** The tensors of a file that lie under given prefixes, by their names without these. */
public final class SelectedTensors {
  private static final int SHOWN = 4;

  private final SafetensorsFile file;
  private final List<String> prefixes;
  private final SequencedMap<String, String> storedNames = new LinkedHashMap<>();

  private SelectedTensors(SafetensorsFile file, List<String> prefixes) {
    this.file = file;
    this.prefixes = prefixes;
  }

  /**
   * Selects tensors. Where several prefixes fit a name, the longest is taken off.
   *
   * @param prefixes such as {@code param.} and {@code buffer.}; none to take everything as it is
   * @throws WeightsException if no tensor has such a prefix, or two have the same name without it
   */
  public static SelectedTensors of(SafetensorsFile file, Collection<String> prefixes) {
    List<String> longestFirst =
        prefixes.stream()
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    SelectedTensors selected = new SelectedTensors(file, List.copyOf(prefixes));
    for (String stored : file.names()) {
      if (longestFirst.isEmpty()) {
        selected.add(stored, "");
      } else {
        longestFirst.stream()
            .filter(stored::startsWith)
            .findFirst()
            .ifPresent(prefix -> selected.add(stored, prefix));
      }
    }
    if (selected.storedNames.isEmpty() && !prefixes.isEmpty()) {
      throw new WeightsException(
          file.path(),
          "none of its tensors begins with "
              + String.join(" or ", prefixes)
              + "; it has "
              + some(file.names()));
    }
    return selected;
  }

  private void add(String stored, String prefix) {
    String other = storedNames.put(stored.substring(prefix.length()), stored);
    if (other != null) {
      throw new WeightsException(
          file.path(),
          "its tensors \""
              + other
              + "\" and \""
              + stored
              + "\" have the same name without their prefixes; select fewer prefixes");
    }
  }

  /** The names without prefixes, in the order of the file. */
  public SequencedSet<String> names() {
    return storedNames.sequencedKeySet();
  }

  public boolean contains(String name) {
    return storedNames.containsKey(name);
  }

  /** The dimensions of a tensor that is there, outermost first. */
  public long[] shape(String name) {
    return file.shape(storedNames.get(name));
  }

  Path path() {
    return file.path();
  }

  SafetensorsFile file() {
    return file;
  }

  /** The name in the file. */
  String storedName(String name) {
    return storedNames.get(name);
  }

  /** How the user selected them, for messages; empty without prefixes. */
  String selection() {
    return prefixes.isEmpty() ? "" : " under " + String.join(",", prefixes);
  }

  /** Number and first names, for messages. */
  static String some(Collection<String> names) {
    return names.size()
        + (names.size() == 1 ? " tensor: " : " tensors: ")
        + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
        + (names.size() > SHOWN ? ", ..." : "");
  }
}
