package dev.retain.runtime.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.training.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  private static final Optional<int[]> BYTES = Optional.of(IntStream.range(0, 2000).toArray());

  /** Documents of the lengths; every token is its place, from 1. */
  private static Corpus corpus(int... lengths) {
    CorpusBuilder builder = new CorpusBuilder(100_000);
    int token = 1;
    for (int length : lengths) {
      builder.startDocument();
      for (int i = 0; i < length; i++) {
        builder.add(token++);
      }
    }
    return builder.build();
  }

  @Test
  void rowsAreCutInOrderAndTheLastIsPadded() {
    Batches batches = new IndependentRows(corpus(10), 2, 4, BYTES, Order.SEQUENTIAL, 0);
    DataBatch first = batches.batch(0);
    assertThat(first.batch().tokens()).isDeepEqualTo(new int[][] {{1, 2, 3, 4}, {5, 6, 7, 8}});
    assertThat(first.batch().targets()).isDeepEqualTo(new int[][] {{2, 3, 4, 5}, {6, 7, 8, 9}});
    assertThat(first.batch().resets()).isEmpty();
    assertThat(first.bytes()).isEqualTo(2 + 3 + 4 + 5 + 6 + 7 + 8 + 9);
    assertThat(first.continues()).isFalse();
    DataBatch second = batches.batch(1);
    assertThat(second.batch().tokens()).isDeepEqualTo(new int[][] {{9, 10, 0, 0}, {1, 2, 3, 4}});
    assertThat(second.batch().targets())
        .isDeepEqualTo(new int[][] {{10, -1, -1, -1}, {2, 3, 4, 5}});
    assertThat(batches.epoch(3)).isEqualTo(2);
  }

  @Test
  void nothingLeaksFromOneDocumentToTheNext() {
    Batches batches = new IndependentRows(corpus(3, 1, 4), 2, 4, BYTES, Order.SEQUENTIAL, 0);
    TrainingBatch batch = batches.batch(0).batch();
    assertThat(batch.tokens()).isDeepEqualTo(new int[][] {{1, 2, 3, 4}, {5, 6, 7, 8}});
    assertThat(batch.targets()).isDeepEqualTo(new int[][] {{2, 3, -1, -1}, {6, 7, 8, -1}});
    assertThat(batch.resets().orElseThrow())
        .isDeepEqualTo(new boolean[][] {{false, false, false, true}, new boolean[4]});
  }

  @Test
  void aTokenThatPredictsNothingNeedsNoRowOfItsOwn() {
    Batches batches = new IndependentRows(corpus(9), 1, 4, BYTES, Order.SEQUENTIAL, 0);
    assertThat(batches.batch(1).batch().tokens()).isDeepEqualTo(new int[][] {{5, 6, 7, 8}});
    assertThat(batches.batch(2).batch().tokens()).isDeepEqualTo(new int[][] {{1, 2, 3, 4}});
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyTargetIsPredictedOnceInAnEpochInAnyOrder(long seed) {
    Random random = new Random(seed);
    int[] lengths = random.ints(20, 1, 40).toArray();
    Corpus corpus = corpus(lengths);
    IndependentRows rows = new IndependentRows(corpus, 1, 7, BYTES, Order.SHUFFLED, seed);
    List<List<Integer>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Integer> seen = new ArrayList<>();
      for (long row = 0; row < rows.count(); row++) {
        TrainingBatch batch = rows.batch(epoch * rows.count() + row).batch();
        Arrays.stream(batch.targets()[0]).filter(t -> t != TrainingBatch.NONE).forEach(seen::add);
      }
      assertThat(seen).hasSize((int) corpus.targets()).doesNotHaveDuplicates();
      epochs.add(seen);
    }
    assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1)).hasSameElementsAs(epochs.get(1));
  }

  @Test
  void aBatchIsTheSameInWhateverOrderItIsAskedFor() {
    Batches batches = new IndependentRows(corpus(500), 3, 10, BYTES, Order.SHUFFLED, 1);
    int[][] tokens = batches.batch(40).batch().tokens();
    batches.batch(2);
    assertThat(batches.batch(40).batch().tokens()).isDeepEqualTo(tokens);
  }

  @Test
  void lanesGoOnWhereTheyWere() {
    Batches batches = new ContinuedRows(corpus(11, 6), 2, 3, BYTES);
    DataBatch first = batches.batch(0);
    assertThat(first.batch().tokens()).isDeepEqualTo(new int[][] {{1, 2, 3}, {9, 10, 11}});
    assertThat(first.batch().targets()).isDeepEqualTo(new int[][] {{2, 3, 4}, {10, 11, -1}});
    assertThat(first.continues()).isFalse();
    DataBatch second = batches.batch(1);
    assertThat(second.batch().tokens()).isDeepEqualTo(new int[][] {{4, 5, 6}, {12, 13, 14}});
    assertThat(second.continues()).isTrue();
    assertThat(second.batch().resets().orElseThrow())
        .isDeepEqualTo(new boolean[][] {new boolean[3], {true, false, false}});
    DataBatch third = batches.batch(2);
    assertThat(third.batch().tokens()).isDeepEqualTo(new int[][] {{7, 8, 0}, {15, 16, 0}});
    assertThat(third.batch().targets()).isDeepEqualTo(new int[][] {{8, 9, -1}, {16, 17, -1}});
    assertThat(batches.batch(3).continues()).isFalse();
    assertThat(batches.batch(3).batch().tokens()).isDeepEqualTo(first.batch().tokens());
  }

  @Test
  void moreRowsThanTokensArePadding() {
    TrainingBatch batch = new ContinuedRows(corpus(3), 5, 4, BYTES).batch(0).batch();
    assertThat(batch.targetCount()).isEqualTo(2);
    assertThat(batch.tokens()).hasDimensions(5, 4);
  }

  @Test
  void heldOutRowsAreSpreadOverTheText() {
    Corpus corpus = corpus(1001);
    HeldOut all = new HeldOut(corpus, 4, 10, BYTES, Long.MAX_VALUE);
    assertThat(targets(all)).hasSize(1000);
    HeldOut some = new HeldOut(corpus, 4, 10, BYTES, 105);
    assertThat(some.batches()).isEqualTo(3);
    assertThat(targets(some)).hasSize(100).contains(2, 102, 202, 302, 902);
  }

  private static Set<Integer> targets(HeldOut text) {
    Set<Integer> targets = new HashSet<>();
    for (long i = 0; i < text.batches(); i++) {
      for (int[] row : text.batch(i).batch().targets()) {
        Arrays.stream(row).filter(t -> t != TrainingBatch.NONE).forEach(targets::add);
      }
    }
    return targets;
  }

  @Test
  void partsOfACorpusKnowTheirDocuments() {
    Corpus corpus = corpus(4, 4, 4);
    Corpus part = corpus.part(2, 9);
    assertThat(part.size()).isEqualTo(7);
    assertThat(part.documents()).isEqualTo(3);
    assertThat(part.targets()).isEqualTo(4);
    assertThat(part.token(0)).isEqualTo(3);
    assertThat(corpus.part(4, 8).documents()).isEqualTo(1);
    assertThat(corpus.part(4, 4).targets()).isZero();
  }

  @Test
  void theHashDependsOnTokensAndOnDocuments() {
    assertThat(corpus(4, 4).hash())
        .isEqualTo(corpus(4, 4).hash())
        .isNotEqualTo(corpus(8).hash())
        .isNotEqualTo(corpus(4, 5).hash());
  }
}
