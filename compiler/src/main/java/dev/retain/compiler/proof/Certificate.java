package dev.retain.compiler.proof;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is known of a model's forms.
 *
 * @param lines in words: a line for each statement
 * @param proofs of each form of each statement
 */
public record Certificate(List<String> lines, List<Proof> proofs) {
  public static final Certificate EMPTY = new Certificate(List.of(), List.of());

  public Certificate {
    lines = List.copyOf(lines);
    proofs = List.copyOf(proofs);
  }

  /** For programs. */
  public String json() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("statements", lines);
    values.put("proofs", proofs.stream().map(ProofValues::of).toList());
    return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values) + "\n";
  }
}
