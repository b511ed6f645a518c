package dev.retain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line itself: help, exit code 2. */
class CommandLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "check",
        "compile",
        "inspect",
        "score",
        "generate",
        "logits",
        "dump",
        "prove",
        "tune",
        "demo"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    Outcome help = Outcome.of(command, "--help").isFine();
    assertThat(help.out()).contains("Usage: retain " + command, "Example:", "retain " + command);
    assertThat(Outcome.of("--help").isFine().out()).contains("  " + command + " ");
  }

  @Test
  void theVersionIsShown() {
    assertThat(Outcome.of("--version").isFine().out()).startsWith("Retain ").contains("Java ");
  }

  @Test
  void aWrongCommandLineIsToldInALine() {
    assertThat(Outcome.of().code()).isEqualTo(2);
    wrong("Did you mean: retain score", "scor");
    wrong("--text", "score", "x.jar");
    wrong("whole number", "score", "x.jar", "--text", "t", "--chunk", "0");
    wrong("whole number", "score", "x.jar", "--text", "t", "--length", "many");
    wrong("temperature", "generate", "x.jar", "--prompt", "p", "--temperature", "-1");
    wrong("f32 or f64", "compile", "x.ret", "-o", "x.jar", "--dtype", "f16");
    wrong("overwrite", "compile", Outcome.small(), "-o", Outcome.small());
    wrong("--weights or --seed", "compile", "x", "-o", "y", "--weights", "w", "--seed", "1");
    wrong("--prefix", "compile", "x.ret", "-o", "x.jar", "--prefix", "a.,b.");
    wrong("--prefix goes with --weights", "prove", "x.ret", "--prefix", "a.");
  }

  @Test
  void aMistypedOptionIsNamedWithWhatWasMeant() {
    for (String[] command :
        new String[][] {
          {"score", "x.jar", "--txt", "t"},
          {"score", "x.jar", "--txt=t"},
          {"score", "--txt", "t", "x.jar", "--json"},
        }) {
      wrong("'--txt", (Object[]) command);
      wrong("--text", (Object[]) command);
      assertThat(Outcome.of((Object[]) command).err()).doesNotContain("Missing");
    }
    wrong("'--maxtokens'", "generate", "x.jar", "--prompt", "p", "--maxtokens", "3");
    wrong("'--jsn'", "check", "x.ret", "--set", "d=8", "--jsn");
    wrong("Missing required option: '--text=FILE'", "score", "x.jar");
  }

  private static void wrong(String part, Object... arguments) {
    Outcome outcome = Outcome.of(arguments);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(part, "--help").doesNotContain("\tat ");
    assertThat(outcome.out()).isEmpty();
  }
}
