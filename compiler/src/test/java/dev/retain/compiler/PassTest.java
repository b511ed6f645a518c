package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassTest {
  private static Compilation fading() {
    return Compilation.of(
        RetFiles.root().resolve("compiler/src/test/resources/golden/fading.ret"), Map.of());
  }

  @Test
  void everyPassHasANameOfItsOwnALineAndADump() {
    Compilation compilation = fading();
    assertThat(Pass.list()).extracting(Pass::name).doesNotHaveDuplicates().hasSize(44);
    for (Pass pass : Pass.list()) {
      assertThat(pass.description()).as(pass.name()).isNotBlank().doesNotContain("\n");
      assertThat(Pass.dump(pass.name(), compilation, ElementType.F64, Width.SCALAR))
          .as(pass.name())
          .isNotBlank()
          .endsWith("\n");
    }
  }

  @Test
  void dumpsAreTheSameTwice() {
    Compilation first = fading();
    Compilation second = fading();
    for (Pass pass : Pass.list()) {
      assertThat(Pass.dump(pass.name(), first, ElementType.F32, Width.W128))
          .isEqualTo(Pass.dump(pass.name(), second, ElementType.F32, Width.W128));
    }
  }

  @Test
  void aNearMissIsSuggestedAndElseAllNamesAreListed() {
    assertThatThrownBy(() -> Pass.dump("recurences", fading(), ElementType.F32, Width.W256))
        .isInstanceOf(RetainException.class)
        .hasMessage("there is no pass `recurences`; did you mean `recurrences`?");
    assertThatThrownBy(() -> Pass.dump("optimise", fading(), ElementType.F32, Width.W256))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("the passes are syntax, names, model, ");
  }
}
