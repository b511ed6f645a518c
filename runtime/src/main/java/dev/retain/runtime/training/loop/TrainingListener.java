package dev.retain.runtime.training.loop;

/** Is told what happens, in the trainer's thread and in order. */
public interface TrainingListener {
  /** Before the first step: all that was reported of later steps than this never happened. */
  void begins(long step);

  /**
   * A step was made.
   *
   * @param report filled again at the next step
   */
  void stepped(StepReport report);

  /**
   * The held-out text was measured.
   *
   * @param best whether it was never predicted better
   */
  void measured(HeldOutReport report, boolean best);

  void sampled(long step, String text);

  /** A checkpoint is about to be written: what was reported must be on the disk before. */
  void saving(long step);

  /** The checkpoint is on the disk. */
  void saved(long step);
}
