package dev.retain.benchmarks.lineup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.benchmarks.contest.Contestant;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineupTest {
  private static final Path BENCHMARKS = Path.of("").toAbsolutePath();

  @Test
  void withoutPeersNothingIsFetched() {
    Lineup lineup = new Lineup(BENCHMARKS, false, false, System.err);
    assertThat(names(lineup, new Task.Core(Rule.GAMMA, 2048))).containsExactly("Retain");
    assertThat(names(lineup, new Task.Product(64))).containsExactly("Retain", "OpenBLAS", "ND4J");
    assertThat(names(lineup, new Task.Decoding("3.8M", 1))).containsExactly("Retain");
    assertThat(names(lineup, new Task.Training("3.8M", 8, 256))).containsExactly("Retain");
  }

  @Test
  void retainIsHeldAgainstItself() {
    Lineup lineup = new Lineup(BENCHMARKS, false, false, System.err);
    List<Contestant> together = lineup.of(new Task.Decoding("19.3M", 16));
    assertThat(together).extracting(Contestant::name).contains("Retain, one at a time");
    assertThat(together.getFirst().command()).containsSequence("16", "decoding", "19.3M", "16");
    assertThat(together.getLast().command()).containsSequence("1", "decoding", "19.3M", "16");
    assertThat(names(lineup, new Task.LaterToken("3.8M")))
        .containsExactly("Retain", "Retain after 10,000", "Retain after 1,000,000");
  }

  @Test
  void aTaskIsPassedOnInWords() {
    List<Task> tasks = new ArrayList<>(Tasks.ofLottery());
    for (Group group : Group.values()) {
      tasks.addAll(Tasks.of(group, false));
      assertThat(Group.of(group.toString())).contains(group);
      assertThat(Tasks.of(group, false)).containsAll(Tasks.of(group, true));
    }
    for (Task task : tasks) {
      assertThat(Task.of(task.words())).isEqualTo(task);
      assertThat(Lineup.own(task).command()).endsWith(task.words().toArray(String[]::new));
    }
  }

  @Test
  void peersAreDescribedWhereTheyAreLookedFor() {
    PeerLibraries libraries = new PeerLibraries(BENCHMARKS, System.err);
    for (Peer peer : Peer.values()) {
      assertThat(libraries.source(peer)).exists();
      assertThat(BENCHMARKS.resolve("peers/" + peer.folder() + "/pom.xml")).exists();
    }
    assertThat(Files.exists(BENCHMARKS.resolve("pom.xml"))).isTrue();
  }

  private static List<String> names(Lineup lineup, Task task) {
    return lineup.of(task).stream().map(Contestant::name).toList();
  }
}
