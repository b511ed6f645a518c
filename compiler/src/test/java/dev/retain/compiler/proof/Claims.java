package dev.retain.compiler.proof;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.Operation;
import dev.retain.runtime.program.Form;
import java.util.Map;

/** Claims of a recurrence with a rotation, a decay and a normaliser. */
final class Claims {
  private Claims() {}

  /** Its use in the golden model. */
  static RecurrenceUse turning() {
    return use(
        Compilation.of(
            RetFiles.root().resolve("compiler/src/test/resources/golden/turning.ret"), Map.of()));
  }

  static RecurrenceUse use(Compilation compilation) {
    return compilation.model().step().nodes().stream()
        .filter(node -> node.operation() instanceof Operation.Recur)
        .map(node ->
            RecurrenceUse.of(compilation.model().step(), (Operation.Recur) node.operation()))
        .findFirst()
        .orElseThrow();
  }

  static Claim right() {
    RecurrenceUse use = turning();
    return new Claim(use, DerivedForm.of(use, Form.CHUNKWISE), true);
  }

  /** The form with padding in place of the one without. */
  static Claim wrong() {
    RecurrenceUse use = turning();
    return new Claim(
        use, DerivedForm.of(use, Form.RECURRENT, (form, _) -> use.derive(form, false)), true);
  }
}
