package dev.retain.compiler.loops;

import java.util.HashMap;
import java.util.Map;

/** Names that no other statement of a kernel or procedure has. */
final class Names {
  private final Map<String, Integer> used = new HashMap<>();

  String fresh(String stem) {
    int number = used.merge(stem, 1, Integer::sum);
    return number == 1 ? stem : stem + number;
  }
}
