package dev.retain.cli.train;

import dev.retain.compiler.ModelBuilder;
import dev.retain.runtime.MachineWidth;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.generation.Sampler;
import dev.retain.runtime.generation.Sampling;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.text.StreamingDecoder;
import dev.retain.runtime.text.Tokenizer;

/** Lets a model write while it is trained. */
final class Samples {
  private static final double TEMPERATURE = 0.8;

  private final Tokenizer tokenizer;
  private final int[] prompt;
  private final int length;
  private final long seed;

  /**
   * @param prompt what to go on from; the end of a text, or of a line, if it is empty
   * @param length tokens to write
   */
  Samples(Tokenizer tokenizer, String prompt, int length, long seed) {
    this.tokenizer = tokenizer;
    this.prompt =
        prompt.isEmpty() && tokenizer.endOfText().isPresent()
            ? new int[] {tokenizer.endOfText().getAsInt()}
            : tokenizer.encode(prompt.isEmpty() ? "\n" : prompt);
    this.length = length;
    this.seed = seed;
  }

  /** What a model writes with the weights that it has now. */
  String draw(ModelBuilder model, Engine engine) {
    Width width =
        MachineWidth.choose(
            model.compiled().description().name(), model.compiled().kernels().keySet());
    try (RetainModel opened = model.open(width, engine);
        Session session = opened.newSession(1)) {
      Sampler sampler =
          new Sampler(new Sampling(TEMPERATURE, 0, 1, seed), opened.description().vocabulary());
      return written(session, sampler);
    }
  }

  private String written(Session session, Sampler sampler) {
    int[] token = new int[1];
    session.run(
        new int[][] {prompt},
        Form.RECURRENT,
        RunOptions.DEFAULT,
        (start, count, logits) -> token[0] = choose(sampler, logits, count - 1));
    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(decoder.next(token[0]));
      token[0] = choose(sampler, session.step(token[0]), 0);
    }
    return text.append(decoder.finish()).toString();
  }

  private static int choose(Sampler sampler, NativeTensor logits, int step) {
    long rowBytes = logits.shape()[2] * logits.type().bytes();
    return sampler.sample(logits.segment(), step * rowBytes, logits.type());
  }
}
