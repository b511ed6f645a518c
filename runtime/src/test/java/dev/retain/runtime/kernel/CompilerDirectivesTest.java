package dev.retain.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class CompilerDirectivesTest {
  @Test
  void theJvmTakesTheDirectiveOnce() throws Exception {
    CompilerDirectives.excludeFromFirstTier("dev/retain/generated/directives/*");
    CompilerDirectives.excludeFromFirstTier("dev/retain/generated/directives/*");

    assertThat(directives().split("dev/retain/generated/directives/\\*\\.\\*", -1)).hasSize(2);
  }

  @Test
  void aPatternThatTheJvmRefusesDoesNotFail() throws Exception {
    CompilerDirectives.excludeFromFirstTier("\"]");

    assertThat(directives()).doesNotContain("\"]");
  }

  private static String directives() throws Exception {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "compilerDirectivesPrint",
                new Object[0],
                new String[0]);
  }
}
