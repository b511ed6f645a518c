package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.toy.ToyModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void aProfileCountsEveryStep() {
    try (Engine engine = Engine.profiling(2);
        RetainModel model = ToyModel.on(engine);
        Session session = model.newSession(1)) {
      int[][] tokens = ToyModel.tokens(1, 1, 12);
      session.run(tokens, Form.CHUNKWISE, RunOptions.DEFAULT.withChunk(4));
      Profile profile = engine.profile().get();

      List<String> lines = profile.table().lines().map(String::strip).toList();
      assertThat(lines)
          .filteredOn(line -> line.endsWith("scan"))
          .singleElement()
          .asString()
          .matches("chunkwise +3 .*");
      assertThat(lines)
          .filteredOn(line -> line.endsWith("table"))
          .singleElement()
          .asString()
          .matches("chunkwise +1 .*");
      profile.clear();
      assertThat(profile.table()).isEmpty();
    }
  }

  @Test
  void theNumberOfWorkersIsChecked() {
    assertThatThrownBy(() -> Engine.withWorkers(0))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("found 0");
  }
}
