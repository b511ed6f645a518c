package dev.retain.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelCheckTest {
  private static final long MILLISECOND = 1_000_000;

  private long now;
  private int measured;
  private final KernelCheck check =
      new KernelCheck(
          new KernelCheck.Meter() {
            @Override
            public long cpuNanoseconds() {
              return now;
            }

            @Override
            public long allocatedBytes() {
              return 0;
            }
          },
          3);

  /** Runs of a millisecond. */
  private Optional<KernelCheck.Finding> run(int count, long bytesOfSecondStep) {
    for (int i = 0; i < count; i++) {
      now += MILLISECOND;
      if (check.isMeasuring()) {
        measured++;
        check.add(0, 1);
        check.add(1, bytesOfSecondStep);
      }
      Optional<KernelCheck.Finding> finding = check.ran();
      if (finding.isPresent()) {
        return finding;
      }
    }
    return Optional.empty();
  }

  @Test
  void saysNothingOfGoodKernels() {
    assertThat(run(20_000, 0)).isEmpty();
    assertThat(check.isMeasuring()).isFalse();
  }

  @Test
  void namesTheStepThatTakesMost() {
    assertThat(run(20_000, 100_000))
        .hasValueSatisfying(finding -> {
          assertThat(finding.step()).isEqualTo(1);
          assertThat(finding.bytesPerSecond()).isBetween(0.9e8, 1.1e8);
        });
    assertThat(check.isMeasuring()).isFalse();
  }

  @Test
  void waitsUntilTheJvmIsThrough() {
    assertThat(run(1900, 100_000)).isEmpty();
    assertThat(check.isMeasuring()).isFalse();
    assertThat(run(20_000, 0)).isEmpty();
  }

  @Test
  void doesNotMindAShortWhile() {
    assertThat(run(2900, 100_000)).isEmpty();
    assertThat(measured).isPositive();
    assertThat(run(20_000, 0)).isEmpty();
    assertThat(run(20_000, 100_000)).isEmpty();
  }

  @Test
  void theMessageSaysWhatToDo() {
    KernelCheck.Finding finding = new KernelCheck.Finding(1, 123e6);
    assertThat(KernelWarning.text("x @ Wq in the chunkwise form", finding, Optional.empty()))
        .contains("above all x @ Wq in the chunkwise form (123 MB", "-Dretain.width=256")
        .doesNotContain("\n");
    assertThat(KernelWarning.text("x @ Wq", finding, Optional.of("-Xint")))
        .endsWith("That is because of -Xint: leave it out.");
  }

  /** To measure all would make small steps three times as long for half a second. */
  @Test
  void measuresOneRunOfSixteen() {
    run(20_000, 0);
    assertThat(measured).isBetween(500 / 16, 500 / 16 + 2);
  }
}
