package dev.retain.runtime.training.loop;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told. */
final class Recorder implements TrainingListener {
  final List<StepReport> steps = new ArrayList<>();
  final List<HeldOutReport> measurements = new ArrayList<>();
  final List<Long> samples = new ArrayList<>();
  final List<Long> saves = new ArrayList<>();

  @Override
  public void begins(long step) {}

  @Override
  public void stepped(StepReport report) {
    steps.add(new StepReport().set(report));
  }

  @Override
  public void measured(HeldOutReport report, boolean best) {
    measurements.add(report);
  }

  @Override
  public void sampled(long step, String text) {
    samples.add(step);
  }

  @Override
  public void saving(long step) {
    saves.add(step);
  }

  @Override
  public void saved(long step) {}
}
