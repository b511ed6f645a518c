package dev.retain.runtime.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.FadingModel;
import dev.retain.runtime.training.GradientModel;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.training.checkpoint.CheckpointFolder;
import dev.retain.runtime.training.checkpoint.StoredCheckpoint;
import dev.retain.runtime.training.loop.Trainer.Ending;
import dev.retain.runtime.training.loop.Trainer.Result;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  @TempDir Path folder;

  private final Recorder recorder = new Recorder();

  private Trainer trainer(Setup setup, GradientModel model) {
    return setup.trainer(setup.run(model), folder, Disk.REAL, recorder, () -> false);
  }

  private StoredCheckpoint last() {
    return new CheckpointFolder(folder, Disk.REAL).last(_ -> {}).orElseThrow();
  }

  private static Map<String, NativeTensor> copies(GradientModel model) {
    Map<String, NativeTensor> copies = new LinkedHashMap<>();
    model.parameters().forEach((path, tensor) -> copies.put(path, tensor.copyOf(Arena.ofAuto())));
    return copies;
  }

  private static void assertSame(Map<String, NativeTensor> one, Map<String, NativeTensor> other) {
    assertThat(one.keySet()).isEqualTo(other.keySet());
    one.forEach((path, tensor) ->
        assertThat(tensor.segment().mismatch(other.get(path).segment())).as(path).isEqualTo(-1));
  }

  @Test
  void learns() {
    Setup setup = new Setup(2, 1, 60, 60, 20, 0, false);
    Result result = trainer(setup, setup.model()).train();
    assertThat(result.ending()).isEqualTo(Ending.FINISHED);
    assertThat(recorder.steps).hasSize(60);
    assertThat(recorder.steps.getLast().loss()).isLessThan(0.8 * recorder.steps.getFirst().loss());
    assertThat(recorder.measurements)
        .extracting(HeldOutReport::step)
        .containsExactly(20L, 40L, 60L);
    assertThat(recorder.samples).containsExactly(10L, 20L, 30L, 40L, 50L, 60L);
    assertThat(recorder.saves).containsExactly(20L, 40L, 60L);
    StepReport first = recorder.steps.getFirst();
    assertThat(first.tokens()).isEqualTo(24);
    assertThat(first.bitsPerByte()).isBetween(0.4 * first.loss(), first.loss() / Math.log(2));
    assertThat(recorder.measurements.getFirst().bitsPerByte()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnToTheBitFromAnyStep(boolean carried) {
    Setup setup = carried ? Setup.DEFAULT.carrying() : Setup.DEFAULT;
    GradientModel whole = setup.model();
    trainer(setup, whole).train();
    Map<String, NativeTensor> expected = copies(whole);
    Recorder reports = new Recorder();
    for (long step = 1; step < setup.steps(); step++) {
      folder = folder.resolve("stopped");
      assertThat(folder.toFile().mkdir()).isTrue();
      reports.steps.clear();
      Setup stopped = setup.stoppingAt(step);
      Trainer first =
          stopped.trainer(stopped.run(stopped.model()), folder, Disk.REAL, reports, () -> false);
      assertThat(first.train().ending()).isEqualTo(Ending.PAUSED);
      GradientModel resumed = setup.model();
      Trainer second = setup.trainer(setup.run(resumed), folder, Disk.REAL, reports, () -> false);
      second.resume(last());
      assertThat(second.train().ending()).isEqualTo(Ending.FINISHED);
      assertSame(copies(resumed), expected);
      assertThat(reports.steps)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(recorder.steps);
    }
  }

  @Test
  void accumulatedBatchesAreOneLargeBatch() {
    GradientModel large = new FadingModel(8, 4, ElementType.F64, false);
    trainer(new Setup(4, 1, 3, 3, 5, 0, false), large).train();
    GradientModel small = new FadingModel(8, 1, ElementType.F64, false);
    Setup accumulating = new Setup(1, 4, 3, 3, 5, 0, false);
    Recorder accumulated = new Recorder();
    accumulating
        .trainer(accumulating.run(small), folder, Disk.REAL, accumulated, () -> false)
        .train();
    for (int step = 0; step < 3; step++) {
      StepReport one = recorder.steps.get(step);
      StepReport other = accumulated.steps.get(step);
      assertThat(other.loss()).isCloseTo(one.loss(), within(1e-12));
      assertThat(other.gradientNorm()).isCloseTo(one.gradientNorm(), within(1e-12));
      assertThat(other.tokens()).isEqualTo(one.tokens());
    }
  }

  @Test
  void stopsEarlyWhenNothingGetsBetter() {
    Setup setup = new Setup(2, 1, 4000, 4000, 10, 3, false);
    Result result = trainer(setup, setup.model()).train();
    assertThat(result.ending()).isEqualTo(Ending.STOPPED_EARLY);
    assertThat(result.state().worse()).isEqualTo(3);
    assertThat(result.state().step()).isEqualTo(result.state().bestStep() + 30);
    CheckpointFolder checkpoints = new CheckpointFolder(folder, Disk.REAL);
    assertThat(checkpoints.best().orElseThrow().state().step())
        .isEqualTo(result.state().bestStep());
    Trainer again = trainer(setup, setup.model());
    again.resume(last());
    assertThat(again.train()).isEqualTo(result);
  }

  @Test
  void stopsWhenItIsAskedTo() {
    Setup setup = Setup.DEFAULT;
    Trainer trainer =
        setup.trainer(
            setup.run(setup.model()),
            folder,
            Disk.REAL,
            recorder,
            () -> recorder.steps.size() == 7);
    assertThat(trainer.train().ending()).isEqualTo(Ending.PAUSED);
    assertThat(last().state().step()).isEqualTo(7);
  }

  @Test
  void aGradientThatIsNotFiniteIsNamedAndTheLastCheckpointKept() {
    Setup setup = Setup.DEFAULT;
    GradientModel model = new Faulty(setup.model(), recorder, "bias");
    assertThatThrownBy(() -> trainer(setup, model).train())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("step 13: the norm of the gradients is NaN")
        .hasMessageContaining("first in the gradient of bias")
        .hasMessageContaining("step-00000010.safetensors is kept")
        .hasMessageContaining("step-00000010.safetensors --prefix weight.");
    assertThat(last().state().step()).isEqualTo(10);
  }

  @Test
  void aWeightThatIsNotFiniteIsNamedAtTheNextStep() {
    Setup setup = Setup.DEFAULT;
    GradientModel model = setup.model();
    Run run = setup.run(model);
    TrainingListener spoils =
        new Forwarding(recorder) {
          @Override
          public void stepped(StepReport report) {
            super.stepped(report);
            if (report.step() == 3) {
              model.parameters().get("table").setDouble(9, Double.POSITIVE_INFINITY);
            }
          }
        };
    assertThatThrownBy(() -> setup.trainer(run, folder, Disk.REAL, spoils, () -> false).train())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("step 4: the loss is ")
        .hasMessageContaining("first in the weights of table; there is no checkpoint yet");
  }

  @Test
  void otherSettingsAreRefusedByName() {
    Setup setup = Setup.DEFAULT;
    trainer(setup.stoppingAt(5), setup.model()).train();
    Setup other = new Setup(3, 1, 20, 20, 5, 0, false);
    Trainer trainer = trainer(other, other.model());
    StoredCheckpoint stored = last();
    assertThatThrownBy(() -> trainer.resume(stored))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("--batch was 2 and is now 3")
        .hasMessageNotContaining("--steps");
  }
}
