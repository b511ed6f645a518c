package dev.retain.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class CompilerDirectivesTest {
  @Test
  void theJvmTakesTheDirectiveOnce() throws Exception {
    CompilerDirectives.excludeFromFirstTier("dev/retain/generated/directives/*");
    CompilerDirectives.excludeFromFirstTier("dev/retain/generated/directives/*");

    String pattern = "matching: dev/retain/generated/directives/*.*";
    String[] parts = directives().split(Pattern.quote(pattern), -1);
    assertThat(parts).hasSize(2);
    int second = parts[1].indexOf("c2 directives");
    assertThat(parts[1].substring(0, second)).contains("Exclude:true");
    assertThat(parts[1].substring(second).lines().limit(3))
        .anyMatch(
            line -> line.contains("Exclude:false") && line.contains("BackgroundCompilation:false"))
        .anyMatch(line -> line.contains("inline: +jdk/internal/misc/Unsafe.*Unaligned, "));
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
