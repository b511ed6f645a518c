package dev.retain.runtime.training.loop;

/**
 * What one update was like. Depends on nothing but the data, the settings and the seed.
 *
 * <p>A trainer fills the same one at every step, so that a step leaves nothing for the JVM to
 * collect: who wants to keep it takes a copy.
 */
public final class StepReport {
  private long step;
  private long tokens;
  private double epoch;
  private double loss;
  private double bitsPerByte;
  private double learningRate;
  private double gradientNorm;

  /**
   * Fills it.
   *
   * @param step updates so far, this one among them
   * @param tokens read so far
   * @param epoch how often the data has been used so far
   * @param loss mean of all targets of the update, in nats
   * @param bitsPerByte the same for each byte of text; no number if the text is not known
   * @param learningRate of the update
   * @param gradientNorm before clipping
   */
  public StepReport set(
      long step,
      long tokens,
      double epoch,
      double loss,
      double bitsPerByte,
      double learningRate,
      double gradientNorm) {
    this.step = step;
    this.tokens = tokens;
    this.epoch = epoch;
    this.loss = loss;
    this.bitsPerByte = bitsPerByte;
    this.learningRate = learningRate;
    this.gradientNorm = gradientNorm;
    return this;
  }

  /** Fills it with what another says. */
  public StepReport set(StepReport other) {
    return set(
        other.step,
        other.tokens,
        other.epoch,
        other.loss,
        other.bitsPerByte,
        other.learningRate,
        other.gradientNorm);
  }

  public long step() {
    return step;
  }

  public long tokens() {
    return tokens;
  }

  public double epoch() {
    return epoch;
  }

  public double loss() {
    return loss;
  }

  public double bitsPerByte() {
    return bitsPerByte;
  }

  public double learningRate() {
    return learningRate;
  }

  public double gradientNorm() {
    return gradientNorm;
  }
}
