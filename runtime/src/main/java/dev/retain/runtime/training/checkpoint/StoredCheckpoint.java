package dev.retain.runtime.training.checkpoint;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsFile.NonFinite;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** A checkpoint on the disk that was found to be whole. */
public record StoredCheckpoint(Path file, RunState state, RunIdentity identity) {
  /**
   * Reads tensors into memory that is there.
   *
   * @param targets by name, of the stored shapes
   */
  public void readInto(Map<String, NativeTensor> targets) {
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      targets.forEach((name, target) -> stored.readInto(name, target, NonFinite.ALLOWED));
    }
  }

  /**
   * Reads tensors into memory of their own.
   *
   * @param prefix of the names; stripped
   */
  public SequencedMap<String, NativeTensor> read(String prefix, Arena arena) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      for (String name : stored.names()) {
        if (name.startsWith(prefix)) {
          NativeTensor tensor = stored.read(name, stored.type(name), NonFinite.ALLOWED, arena);
          tensors.put(name.substring(prefix.length()), tensor);
        }
      }
    }
    return tensors;
  }
}
