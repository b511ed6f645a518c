package dev.retain.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContestTest {
  private static final Effort EFFORT = new Effort(1, 3, 30, 1);

  @TempDir private Path logs;

  /** A JVM that sleeps for so many milliseconds and says that the result is so much. */
  static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] arguments) throws Exception {
      Rounds.serve(() -> {
        if (arguments[0].equals("broken")) {
          throw new IllegalStateException("the library is missing");
        }
        return new Sleep(Long.parseLong(arguments[0]), Double.parseDouble(arguments[1]));
      });
    }
  }

  private record Sleep(long milliseconds, double result) implements Work {
    @Override
    public void run() throws InterruptedException {
      Thread.sleep(milliseconds);
    }

    @Override
    public double[] sample() {
      return new double[] {result, 100};
    }

    @Override
    public double amount() {
      return 7;
    }
  }

  @Test
  void contestantsAreTimedBesideEachOther() {
    List<Standing> standings = run(sleeper("fast", "2", "1"), sleeper("slow", "8", "1.05"));
    Standing fast = standings.getFirst();
    Standing slow = standings.getLast();
    assertThat(fast.name()).isEqualTo("fast");
    assertThat(fast.failure()).isEmpty();
    assertThat(fast.warmUps()).hasSize(1);
    assertThat(fast.rounds()).hasSize(3).allMatch(time -> time >= 2e6);
    assertThat(slow.rounds()).hasSize(3).allMatch(time -> time >= 8e6);
    assertThat(fast.amount()).isEqualTo(7);
    assertThat(fast.fastest()).isBetween(2e6, fast.median());
    assertThat(fast.ratios(slow)).hasSize(3);
  }

  @Test
  void whoComputesSomethingElseHasFailed() {
    List<Standing> standings = run(sleeper("right", "1", "1"), sleeper("wrong", "1", "1.2"));
    assertThat(standings.getFirst().hasFailed()).isFalse();
    assertThat(standings.getLast().failure())
        .isEqualTo(
            "wrong computes something else: a difference of 2.0e-01, where numbers are up to"
                + " 1.0e+02");
  }

  @Test
  void whoCannotRunHasFailedAndTheOthersGoOn() {
    List<Standing> standings = run(sleeper("broken", "broken", "1"), sleeper("right", "1", "1"));
    assertThat(standings.getFirst().failure())
        .contains("broken ended: ", "the library is missing", "broken.log");
    assertThat(standings.getLast().rounds()).hasSize(3);
  }

  @Test
  void whoTakesLongRunsFewerRounds() {
    assertThat(Effort.USUAL.isOneRunEnough(60e9)).isTrue();
    assertThat(Effort.USUAL.isOneRunEnough(2e9)).isFalse();
    assertThat(Effort.USUAL.isWarmUpDue(5, 2e9)).isTrue();
    assertThat(Effort.USUAL.isWarmUpDue(6, 2e9)).isFalse();
    assertThat(Effort.USUAL.isWarmUpDue(1, 8e9)).isFalse();
    assertThat(Effort.USUAL.isRoundDue(0, 0)).isTrue();
    assertThat(Effort.USUAL.isRoundDue(3, 20e9)).isFalse();
    assertThat(Effort.USUAL.withJvms(3).jvms()).isEqualTo(3);
  }

  @Test
  void mediansAndRatiosAreWhatTheySay() {
    Standing one = new Standing("one", 0, 0, List.of(), List.of(1.0, 4.0, 2.0), 1, 0, "");
    Standing two = new Standing("two", 0, 0, List.of(), List.of(3.0, 6.0, 2.0), 2, 0, "");
    assertThat(one.median()).isEqualTo(2);
    assertThat(one.most()).isEqualTo(4);
    assertThat(one.ratios(two)).containsExactly(3.0, 1.5, 1.0);
    assertThat(Standing.median(List.of(1.0, 2.0))).isEqualTo(1.5);
  }

  private List<Standing> run(Contestant... contestants) {
    return new Contest(EFFORT, logs, 1).run(List.of(contestants));
  }

  private static Contestant sleeper(String name, String milliseconds, String result) {
    return new Contestant(name, Jvm.same(Sleeper.class, List.of(milliseconds, result)), Map.of());
  }
}
