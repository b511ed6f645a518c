package dev.retain.runtime.training.loop;

/** Tells another. */
abstract class Forwarding implements TrainingListener {
  private final TrainingListener other;

  Forwarding(TrainingListener other) {
    this.other = other;
  }

  @Override
  public void begins(long step) {
    other.begins(step);
  }

  @Override
  public void stepped(StepReport report) {
    other.stepped(report);
  }

  @Override
  public void measured(HeldOutReport report, boolean best) {
    other.measured(report, best);
  }

  @Override
  public void sampled(long step, String text) {
    other.sampled(step, text);
  }

  @Override
  public void saving(long step) {
    other.saving(step);
  }

  @Override
  public void saved(long step) {
    other.saved(step);
  }
}
