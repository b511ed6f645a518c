package dev.retain.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.Compilation;
import dev.retain.compiler.Compiler;
import dev.retain.compiler.RetFiles;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.forms.HandWrittenForm;
import dev.retain.compiler.tensor.GraphVerifier;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
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

  static Stream<Case> rightForms() throws IOException {
    return Stream.concat(
        forms("retnet-forms.ret"),
        forms(
            """
            import "%s"
            import std.layers
            model Alone(vocab = 4) {
              layer embed = Embedding(vocab, vocab)
              in token: index of vocab
              x = embed(token)
              out AftSimple(q = x, k = x, v = x)
            }
            """,
            "aft-forms.ret"));
  }

  static Stream<Case> mistakes() throws IOException {
    return Stream.of(
            forms("retnet-mistakes.ret"),
            forms("retnet-reference.ret"),
            forms(
                """
                import "%s"
                import std.layers
                model Alone(vocab = 4) {
                  layer embed = Embedding(vocab, vocab)
                  in token: index of vocab
                  x = embed(token)
                  out DeltaNet(q = x, k = x, v = x, beta = sum(x over vocab))
                }
                """,
                "delta-net-mistakes.ret"))
        .flatMap(forms -> forms);
  }

  private static Path models() {
    return RetFiles.root().resolve("models");
  }

  private static Stream<Case> forms(String file) {
    return forms(Compilation.of(models().resolve(file), Map.of("layers", "1")));
  }

  /** Forms of a recurrence in a model that is made for it. */
  private static Stream<Case> forms(String model, String file) throws IOException {
    Path definition = Files.createTempFile("alone", ".ret");
    Files.writeString(definition, model.formatted(models().resolve(file)));
    Compilation compilation = Compilation.of(definition, Map.of());
    Files.delete(definition);
    return forms(compilation);
  }

  private static Stream<Case> forms(Compilation compilation) {
    Map<String, HandWrittenForm> forms = new LinkedHashMap<>();
    compilation.model().forms().forEach(form -> forms.put(form.name(), RecurrenceUse.small(form)));
    return forms.values().stream().map(Case::new);
  }

  @ParameterizedTest
  @MethodSource("rightForms")
  void aRightFormIsProved(Case right) {
    assertThat(right.verdict())
        .isInstanceOfSatisfying(
            Verdict.Proved.class,
            proved ->
                assertThat(proved.scope().argument())
                    .isEqualTo(
                        right.form().fromRest()
                            ? Scope.Argument.FROM_REST
                            : Scope.Argument.CHUNKS));
  }

  @Test
  void aFormSeesTheConstantsOfItsRecurrenceAndMayBeTheOnlyOneOfABlock() {
    Compilation compilation =
        Compilation.of(
            new Source(
                "fading.ret",
                """
                import std.layers
                recurrence Fading: recurrent {
                  axis  K, V
                  const gamma[i: V] = 1 - 2 ^ (-1 - i)
                  in    k: [K], v: [V]
                  state S: [K, V] = 0
                  S' = gamma * S + k * v
                  out k @ S'
                }
                form chunked of Fading {
                  decay[n, m] = if m <= n then gamma ^ (n - m) else 0
                  S' = gamma ^ length * S + sum(gamma ^ (length - 1 - m) * k[m] * v[m] over m)
                  out[n] gamma ^ (n + 1) * (k[n] @ S)
                    + sum(decay[n, m] * (k[n] @ k[m]) * v[m] over m)
                }
                model Alone(vocab = 4) {
                  axis V = 3
                  layer embed = Embedding(vocab, vocab), narrow = Linear(vocab, V)
                  layer wide = Linear(V, vocab)
                  in token: index of vocab
                  x = embed(token)
                  out wide(Fading(k = x, v = narrow(x)))
                }
                """),
            Map.of());
    assertThat(compilation.handWritten()).containsExactly("chunked");
    assertThat(forms(compilation).map(Case::verdict))
        .singleElement()
        .isInstanceOf(Verdict.Proved.class);
    assertThat(Compiler.compile(compilation, ElementType.F32, List.of(Width.W256), seed()))
        .extracting(compiled -> compiled.description().programs())
        .asInstanceOf(InstanceOfAssertFactories.list(FormProgram.class))
        .extracting(FormProgram::name)
        .containsOnly("recurrent", "chunked");
  }

  private static OptionalLong seed() {
    return OptionalLong.of(1);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsRefuted(Case wrong) {
    assertThat(wrong.verdict()).isInstanceOf(Verdict.Refuted.class);
  }
}
