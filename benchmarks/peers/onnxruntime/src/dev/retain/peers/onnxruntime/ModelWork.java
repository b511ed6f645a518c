package dev.retain.peers.onnxruntime;

import ai.onnxruntime.OrtException;
import dev.retain.benchmarks.work.RetNet;
import dev.retain.benchmarks.work.Work;
import java.util.Arrays;
import java.util.stream.LongStream;

/** A whole model that reads a prompt from rest, or one token after another. */
final class ModelWork implements Work {
  // Angles are known for so many positions; the next token is at the first one again.
  private static final int LONGEST = 1 << 16;

  private final RetNet size;
  private final boolean goesOn;
  private final RetNetGraph model;
  private final BoundGraph bound;
  private final long[] tokens;
  private final long[] positions;

  private ModelWork(RetNet size, int steps, boolean goesOn) throws OrtException {
    this.size = size;
    this.goesOn = goesOn;
    this.model = new RetNetGraph(size, steps, goesOn ? LONGEST : steps);
    this.bound = new BoundGraph(model.graph());
    this.tokens = Arrays.stream(size.tokens(0, steps)).asLongStream().toArray();
    this.positions = LongStream.range(0, steps).toArray();
    bound.write(RetNetGraph.TOKENS, tokens);
    bound.write(RetNetGraph.POSITIONS, positions);
  }

  static ModelWork prefill(RetNet size, int steps) throws OrtException {
    return new ModelWork(size, steps, false);
  }

  static ModelWork decoding(RetNet size) throws OrtException {
    return new ModelWork(size, 1, true);
  }

  @Override
  public void run() throws OrtException {
    bound.run();
    if (goesOn) {
      step((tokens[0] + 1) % size.vocabulary());
    }
  }

  private void step(long next) {
    for (int layer = 0; layer < size.layers(); layer++) {
      bound.exchange(RetNetGraph.past(layer), RetNetGraph.present(layer));
    }
    write(next, (positions[0] + 1) % LONGEST);
  }

  private void write(long token, long position) {
    tokens[0] = token;
    positions[0] = position;
    bound.write(RetNetGraph.TOKENS, tokens);
    bound.write(RetNetGraph.POSITIONS, positions);
  }

  @Override
  public double[] sample() throws OrtException {
    if (goesOn) {
      decodeFromRest();
    }
    return Work.samples(bound.read(model.result()));
  }

  private void decodeFromRest() throws OrtException {
    float[] rest = new float[size.width() * size.valueOfHead()];
    for (int layer = 0; layer < size.layers(); layer++) {
      bound.write(RetNetGraph.past(layer), rest);
    }
    int[] given = size.tokens(0, RetNet.FIRST);
    write(given[0], 0);
    bound.run();
    for (int token : Arrays.copyOfRange(given, 1, given.length)) {
      step(token);
      bound.run();
    }
  }
}
