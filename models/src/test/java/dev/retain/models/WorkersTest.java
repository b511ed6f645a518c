package dev.retain.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results do not depend on how many workers there are, not in a single bit. */
class WorkersTest {
  @ParameterizedTest
  @EnumSource(names = {"F64", "F32"})
  void anyNumberOfWorkersGivesTheSameBits(ElementType real) {
    // Sizes at which pieces of rows and of columns are shared out unevenly.
    ModelBuilder builder =
        Definitions.build(
            "retnet.ret",
            "vocab=97 d=36 value=70 ffn=37 heads=2 layers=2",
            real,
            List.of(Width.W256));
    int[][] tokens = Definitions.tokens(new Random(4), 3, 75, 97);
    boolean[][] resets = new boolean[3][75];
    resets[1][40] = true;
    Map<String, NativeTensor> expected = results(builder, 1, tokens, resets);
    for (int workers : List.of(2, 3)) {
      results(builder, workers, tokens, resets)
          .forEach((name, tensor) ->
              assertThat(tensor.segment().mismatch(expected.get(name).segment()))
                  .as("%s, %d workers", name, workers)
                  .isEqualTo(-1));
    }
  }

  private static Map<String, NativeTensor> results(
      ModelBuilder builder, int workers, int[][] tokens, boolean[][] resets) {
    Map<String, NativeTensor> results = new LinkedHashMap<>();
    try (Engine engine = Engine.withWorkers(workers);
        RetainModel model = builder.open(Width.W256, engine)) {
      for (Form form : Form.values()) {
        for (RunOptions options :
            List.of(RunOptions.DEFAULT, RunOptions.DEFAULT.withResets(resets))) {
          String name = form + (options.resets().isPresent() ? ", ragged " : " ");
          try (Session session = model.newSession(tokens.length)) {
            results.put(name + "logits", session.run(tokens, form, options));
            session.state().tensors().forEach((path, state) -> results.put(name + path, state));
          }
        }
      }
    }
    return results;
  }
}
