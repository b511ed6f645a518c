package dev.retain.compiler.proof;

import dev.retain.compiler.evaluation.RecurrenceUse;
import dev.retain.compiler.tensor.Graph;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.TensorProgram;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/** Digests of claims: equal for equal recurrences and forms, wherever they are written. */
final class Digest {
  private Digest() {}

  static String of(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that a claim is made of, without places in files. */
  static String text(Claim claim) {
    StringBuilder text = new StringBuilder();
    RecurrenceUse use = claim.use();
    RecurrenceCall call = use.call();
    text.append(claim.strict()).append(Claim.CHUNK).append(Claim.RAGGED).append(call.mapped());
    call.inputs()
        .forEach(input ->
            text.append(input.name()).append(' ').append(input.role()).append(input.axes()));
    call.states()
        .forEach(state ->
            text.append(state.name())
                .append(state.axes())
                .append(state.initial())
                .append(' ')
                .append(state.next()));
    text.append(new TreeMap<>(use.numbers())).append(call.output());
    add(call.body(), text);
    FormUnderProof form = claim.form();
    add(form.whole(), text);
    form.ragged().ifPresent(program -> add(program, text));
    text.append(form.kept()).append(form.asWritten().states());
    add(form.asWritten().graph(), text);
    return text.toString();
  }

  private static void add(TensorProgram program, StringBuilder text) {
    text.append(program.output()).append(program.nextStates());
    add(program.graph(), text);
  }

  private static void add(Graph graph, StringBuilder text) {
    graph
        .nodes()
        .forEach(node ->
            text.append('\n')
                .append(node.operation())
                .append(node.axes())
                .append(node.precision()));
    text.append('\n');
  }
}
