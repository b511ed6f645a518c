package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.CaretRenderer;
import dev.retain.compiler.diagnostics.CompileException;
import dev.retain.compiler.diagnostics.Source;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with random slips are lowered or reported, and never end in anything else. */
class MutationTest {
  private static final int PROGRAMS = 400;
  private static final Pattern TOKEN =
      Pattern.compile("[\\p{L}_][\\p{L}_0-9]*|[0-9][0-9.e]*|[=!<>]=|\"[^\"\n]*\"|\\S");
  private static final List<String> NUMBERS =
      List.of("0", "-1", "1", "2", "3", "0.5", "1e-30", "1e30", "2147483648", "true");

  /** Layers, recurrences, functions and every kind of item and expression. */
  private static final String EVERYTHING =
      """
      import std.layers
      recurrence Memory(n = 2, flag = false) {
        axis K, V, J, pair = K / 2
        const gamma: [], theta: [pair]
        param w: [K], table: [J]
        in i: index of J, q, k: [K], v: [V]
        state S: [K, V] = 0, z: [] = if flag then 1 else 0
        S' = gamma * turn(S, -theta over K) + k * w * v
        z' = gamma ^ n * z + 1
        out (q @ S') / sqrt(z') + table[i]
      }
      function several(x, y over a) = if n(2) == 2 and not false then sum(x * y over a) else 1
      function n(x) = max(x, -x) ^ 1
      layer Inner(d, e, eps = 1e-6, f: swish | gelu = gelu) {
        axis K
        param W: [d, e] ~ uniform(1), b: [e] = 0
        in x: [d], y: [K]
        z: [e] = f(x @ W + b) * eps
        out z * several(y, 2 over K)
      }
      layer Same(d) {
        const g: []
        in x: [d]
        out g * x - mean(x over d)
      }
      equivalence Memory: recurrent = parallel
      preset small of M { d = 4 heads = 1 }
      model M(vocab = 6, d = 4, heads = 2, layers = 2, wide = 2 * d) {
        axis head = heads, V = d / heads, pair = V / 2, w = wide
        const gamma[h: head] = 1 - 2 ^ (-5 - h), theta[j: pair] = 10 ^ (-j / pair)
        param U: [d, head, V] ~ normal(0.1), one: [V] = 1, bias: [vocab] = 0
        layer embed = Embedding(vocab, d), same[layers] = Same(d), out_ = Linear(w, vocab)
        layer inner = Inner(d, w, f = swish)
        in token: index of vocab
        x = same(x = embed(token), g = 0.5)
        u = x @ U
        h = rms(u, 1e-6 over V) * one
        m = turn(h, theta over V)
        o = Memory(gamma, theta, one, bias, i = token, q = m * one, k = u, v = x * 0.3)
        out out_(inner(x, one)) + abs(0.5) * min(1, 2) * sum(o over head, d)
      }
      """;

  @Test
  void theProgramIsRight() {
    assertThat(Compilation.of(new Source("everything.ret", EVERYTHING), Map.of()).recurrences())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mutatedProgramsAreLoweredOrReported(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> programs = new ArrayList<>(List.of(EVERYTHING));
    programs.add(Files.readString(RetFiles.root().resolve("models/retnet.ret")));
    for (int i = 0; i < PROGRAMS; i++) {
      String text = mutated(programs.get(i % programs.size()), random);
      compile(text, "seed " + seed + ", program " + i);
    }
  }

  private static void compile(String text, String description) {
    try {
      Compilation compilation = Compilation.of(new Source("mutated.ret", text), Map.of());
      for (Form form : Form.values()) {
        compilation.stages(form, true, ElementType.F32);
      }
    } catch (CompileException reported) {
      assertThat(reported.diagnostics()).as(description).isNotEmpty();
      assertThat(CaretRenderer.render(reported.diagnostics())).isNotEmpty();
    } catch (Throwable crash) {
      throw new AssertionError(description + ":\n" + text, crash);
    }
  }

  private static String mutated(String program, Random random) {
    StringBuilder text = new StringBuilder(program);
    for (int slips = 1 + random.nextInt(3); slips > 0; slips--) {
      List<MatchResult> tokens = TOKEN.matcher(text).results().toList();
      MatchResult token = tokens.get(random.nextInt(tokens.size()));
      MatchResult other = tokens.get(random.nextInt(tokens.size()));
      text.replace(token.start(), token.end(), replacement(token, other, random));
    }
    return text.toString();
  }

  private static String replacement(MatchResult token, MatchResult other, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> token.group() + " " + token.group();
      case 2 -> other.group();
      case 3 -> token.group() + " " + other.group();
      case 4 -> NUMBERS.get(random.nextInt(NUMBERS.size()));
      default ->
          Character.isLetter(token.group().charAt(0)) && Character.isLetter(other.group().charAt(0))
              ? other.group()
              : token.group().length() > 1 ? token.group().substring(1) : "x";
    };
  }
}
