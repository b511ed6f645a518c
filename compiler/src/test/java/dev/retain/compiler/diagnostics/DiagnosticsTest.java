package dev.retain.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private final Diagnostics diagnostics = new Diagnostics();

  @Test
  void stopsForErrorsButNotForWarnings() {
    diagnostics.warning(Code.UNEXPECTED, Span.none(), "odd");
    assertThatCode(diagnostics::throwIfErrors).doesNotThrowAnyException();
    diagnostics.error(Code.BAD_NUMBER, Span.none(), "wrong");
    assertThatThrownBy(diagnostics::throwIfErrors)
        .isInstanceOf(CompileException.class)
        .hasMessage("warning E0107: odd\nerror E0105: wrong")
        .extracting(e -> ((CompileException) e).diagnostics())
        .isEqualTo(diagnostics.list());
  }

  @Test
  void givesEveryCodeItsOwnNumberInTheOrderOfThePhases() {
    assertThat(Arrays.stream(Code.values()).map(Code::id))
        .doesNotHaveDuplicates()
        .isSorted()
        .allMatch(id -> id.matches("[EW]0[1-7]\\d\\d"));
    assertThat(Arrays.stream(Code.values()).map(Code::title)).doesNotHaveDuplicates();
  }
}
