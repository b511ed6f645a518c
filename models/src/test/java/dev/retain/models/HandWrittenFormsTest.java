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
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Width;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms that are written by hand, compiled and run: the right ones give the model's logits. */
class HandWrittenFormsTest {
  @ParameterizedTest
  @CsvSource({
    "torchscale_odd, F64, W512",
    "torchscale_odd, F32, W256",
    "torchscale_tiny, F64, SCALAR"
  })
  void everyRightFormGivesTheLogitsOfTheSteps(String name, ElementType real, Width width) {
    Golden golden = new Golden(name, real);
    int[][] tokens = golden.tokens();
    ModelBuilder builder = golden.build("retnet-forms.ret", List.of(width));
    try (RetainModel model = builder.open(width, Engine.shared());
        Session session = model.newSession(tokens.length)) {
      List<FormProgram> written =
          model.description().programs().stream().filter(FormProgram::isWrittenByHand).toList();
      assertThat(written).hasSizeGreaterThan(4);
      for (FormProgram form : written) {
        for (int chunk : form.form() == Form.PARALLEL ? List.of(1) : List.of(1, 3, 5, 64)) {
          session.reset();
          NativeTensor logits =
              session.run(tokens, form.name(), RunOptions.DEFAULT.withChunk(chunk));
          assertThat(Differences.absolute(logits, golden.tensor("logits.recurrent")))
              .as("%s by %d", form.name(), chunk)
              .isLessThan(golden.tolerance());
        }
      }
    }
  }
}
