package dev.retain.cli.train;

import dev.retain.runtime.text.Tokenizer;
import dev.retain.runtime.training.data.Batches;
import dev.retain.runtime.training.data.ContinuedRows;
import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.HeldOut;
import dev.retain.runtime.training.data.IndependentRows;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What was read.
 *
 * @param tokenizer if the tokens were made of text
 * @param bytesOfToken how many bytes of text each token stands for, if that is known
 * @param batch rows of a batch
 * @param length tokens of a row
 * @param name where it is from
 */
record TrainingData(
    Corpus train,
    Optional<Corpus> heldOut,
    Optional<Tokenizer> tokenizer,
    Optional<int[]> bytesOfToken,
    int batch,
    int length,
    String name) {

  void requireIn(int vocabulary) {
    train.requireIn(vocabulary);
    heldOut.ifPresent(corpus -> corpus.requireIn(vocabulary));
  }

  Batches batches(DataOptions options, long seed) {
    return options.carriesState()
        ? new ContinuedRows(train, batch, length, bytesOfToken)
        : new IndependentRows(train, batch, length, bytesOfToken, options.order(), seed);
  }

  /**
   * Held-out text as batches.
   *
   * @param mostTokens of a part that is taken at equal distances
   */
  Optional<HeldOut> heldOut(long mostTokens) {
    return heldOut.map(corpus -> new HeldOut(corpus, batch, length, bytesOfToken, mostTokens));
  }

  void addSettings(SequencedMap<String, String> settings) {
    settings.put("--batch", Integer.toString(batch));
    settings.put("--length", Integer.toString(length));
    settings.put("the data", train.hash());
    settings.put("the held-out data", heldOut.map(Corpus::hash).orElse("none"));
  }
}
