package dev.retain.compiler.proof;

import java.util.LinkedHashMap;
import java.util.Map;

/** A proof as names and values, for JSON. */
public final class ProofValues {
  private ProofValues() {}

  /** Text, numbers, lists and maps of such. */
  public static Map<String, Object> of(Proof proof) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("recurrence", proof.recurrence());
    values.put("form", proof.form());
    values.put("verdict", word(proof.verdict()));
    values.put("text", text(proof.verdict()));
    switch (proof.verdict()) {
      case Verdict.Proved(Scope scope) -> add(scope, values);
      case Verdict.Refuted(Witness witness) -> add(witness, values);
      case Verdict.Undecided(var reason, var functions) -> {
        values.put("reason", reason);
        values.put("functions", functions);
      }
    }
    proof.measured().ifPresent(measured -> values.put("measured", of(measured)));
    return values;
  }

  private static Map<String, Object> of(Measured measured) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("length", measured.length());
    values.put("chunk", measured.chunk());
    values.put("output", measured.output());
    values.put("output_relative", measured.outputRelative());
    values.put("states_relative", measured.states());
    return values;
  }

  /** {@code proved}, {@code refuted} or {@code undecided}. */
  public static String word(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Proved _ -> "proved";
      case Verdict.Refuted _ -> "refuted";
      case Verdict.Undecided _ -> "undecided";
    };
  }

  /** The scope, the witness or the reason, on one line. */
  public static String text(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Proved(Scope scope) -> scope.text();
      case Verdict.Refuted(Witness witness) -> witness.text();
      case Verdict.Undecided undecided -> undecided.text();
    };
  }

  private static void add(Scope scope, Map<String, Object> values) {
    values.put("argument", scope.argument().text());
    values.put("lengths", scope.argument() == Scope.Argument.FROM_REST ? scope.chunk() : "all");
    values.put("chunks", scope.chunk());
    values.put("arrangements", scope.ragged());
    values.put("dimensions", scope.dimensions());
    values.put("points", scope.points());
    values.put("error_bits", scope.bits());
    values.put("remarks", scope.remarks());
  }

  private static void add(Witness witness, Map<String, Object> values) {
    values.put("length", witness.length());
    values.put("chunk", witness.chunk());
    values.put("steps", witness.pattern());
    values.put("from_rest", witness.fromRest());
    values.put("position", witness.step() + 1);
    witness.state().ifPresent(state -> values.put("state", state));
    values.put("element", witness.element());
    values.put("expected", witness.expected());
    values.put("actual", witness.actual());
    values.put("error", witness.error());
    values.put("inputs", witness.inputs());
    values.put("depends_on", witness.dependsOn());
    values.put("dimensions", witness.sizes());
  }
}
