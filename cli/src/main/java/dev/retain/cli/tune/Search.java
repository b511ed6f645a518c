package dev.retain.cli.tune;

import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tuning.Choice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks for the best way to cut one kind of work: first the length of chunks, then tiles with the
 * best of these; what comes out is measured against the usual way once more, since the best of many
 * is partly the luckiest.
 */
record Search(Workload workload, List<Integer> chunks, List<Tiling> tilings, int rounds) {
  /**
   * A way to cut, as it was measured.
   *
   * @param ratio how many times as fast as the usual way
   * @param isClear whether it is faster beyond doubt
   */
  record Measured(Choice choice, double tokensPerSecond, double ratio, boolean isClear) {}

  /**
   * What came out.
   *
   * @param usual in the last contest
   * @param best the fastest that was found, in the last contest; the usual one if it was fastest
   * @param all the ways that were tried before
   */
  record Outcome(String work, Measured usual, Measured best, List<Measured> all) {
    Outcome {
      all = List.copyOf(all);
    }

    /** What is to be used. */
    Choice choice() {
      return best.isClear() ? best.choice() : usual.choice();
    }
  }

  /** How many measurements there will be at most. */
  int ticks() {
    return Contest.ticks(chunks.size(), rounds)
        + Contest.ticks(tilings.size(), rounds)
        + Contest.ticks(2, lastRounds());
  }

  private int lastRounds() {
    return 2 * rounds - 1;
  }

  Outcome run(Runnable tick) {
    Choice usual = workload.usual();
    List<Measured> all =
        new ArrayList<>(
            contest(
                usual,
                chunks.stream().map(chunk -> new Choice(chunk, usual.tiling())).toList(),
                rounds,
                tick));
    Measured length = fastest(all);
    workload.forget();
    List<Measured> tiles =
        contest(
            length.choice(),
            tilings.stream().map(tiling -> new Choice(length.choice().chunk(), tiling)).toList(),
            rounds,
            tick);
    tiles.stream().skip(1).map(one -> besideUsual(one, length)).forEach(all::add);
    // A few per cent between tiles would be luck: they matter where something does not suit at all.
    Choice best =
        tiles.stream()
            .filter(Measured::isClear)
            .max(Comparator.comparingDouble(Measured::ratio))
            .orElse(length)
            .choice();
    if (best.equals(usual)) {
      return new Outcome(workload.name(), all.getFirst(), all.getFirst(), all);
    }
    List<Measured> last = contest(usual, List.of(best), lastRounds(), tick);
    return new Outcome(workload.name(), last.getFirst(), last.getLast(), all);
  }

  private static Measured fastest(List<Measured> measured) {
    return measured.stream().max(Comparator.comparingDouble(Measured::ratio)).orElseThrow();
  }

  /**
   * @param one as measured beside another choice
   * @param other as measured beside the usual one
   */
  private static Measured besideUsual(Measured one, Measured other) {
    return new Measured(
        one.choice(), one.tokensPerSecond(), one.ratio() * other.ratio(), one.isClear());
  }

  /** All of them in turns, beside the first one. */
  private List<Measured> contest(Choice first, List<Choice> choices, int times, Runnable tick) {
    List<Choice> inOrder = new ArrayList<>(List.of(first));
    choices.stream().filter(choice -> !choice.equals(first)).forEach(inOrder::add);
    List<Contest.Result> results =
        new Contest(times, tick).run(inOrder.stream().map(workload::cut).toList());
    return IntStream.range(0, inOrder.size())
        .mapToObj(i -> measured(inOrder.get(i), results.get(i)))
        .toList();
  }

  private Measured measured(Choice choice, Contest.Result result) {
    return new Measured(
        choice, workload.tokens() / result.seconds(), result.ratio(), result.isClear());
  }
}
