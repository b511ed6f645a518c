package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.tensor.GraphVerifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forms that are written by hand: the right ones are proved, and mistakes are refuted. */
class HandWrittenFormsTest {
  /** A form of a file, under its name. */
  record Case(HandWrittenForm form) {
    Verdict verdict() {
      RecurrenceUse use = new RecurrenceUse(form.call(), Map.of());
      FormUnderProof claimed = FormUnderProof.of(use, form);
      GraphVerifier.verify(claimed.whole());
      return Prover.prove(use, claimed, false);
    }

    @Override
    public String toString() {
      return form.name();
    }
  }

  static Stream<Case> rightForms() {
    return forms("models/retnet-forms.ret");
  }

  static Stream<Case> mistakes() {
    return Stream.concat(forms("models/retnet-mistakes.ret"), forms("models/retnet-reference.ret"));
  }

  private static Stream<Case> forms(String file) {
    Map<String, HandWrittenForm> forms = new LinkedHashMap<>();
    Compilation.of(RetFiles.root().resolve(file), Map.of("layers", "1"))
        .model()
        .forms()
        .forEach(form -> forms.put(form.name(), RecurrenceUse.small(form)));
    return forms.values().stream().map(Case::new);
  }

  @ParameterizedTest
  @MethodSource("rightForms")
  void aRightFormIsProved(Case right) {
    assertThat(right.verdict()).isInstanceOf(Verdict.Proved.class);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsRefuted(Case wrong) {
    assertThat(wrong.verdict()).isInstanceOf(Verdict.Refuted.class);
  }
}
