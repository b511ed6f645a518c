package dev.retain.runtime.training.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.weights.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFolderTest {
  private static final RunIdentity IDENTITY =
      new RunIdentity(new LinkedHashMap<>(Map.of("--lr", "0.001")), Map.of("tile", "8 x 3"));

  @TempDir Path folder;
  private CheckpointFolder checkpoints;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void create() {
    checkpoints = new CheckpointFolder(folder, Disk.REAL);
  }

  private static SequencedMap<String, NativeTensor> tensors(double value) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 2, 3);
    tensor.fill(value);
    tensors.put("weight.a", tensor);
    return tensors;
  }

  private Path save(long step) {
    return checkpoints.save(new RunState(step, 1.5, step - 1, 1), IDENTITY, tensors(step));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void givesBackWhatWasSaved() {
    save(10);
    StoredCheckpoint stored = checkpoints.last(log::add).orElseThrow();
    assertThat(stored.state()).isEqualTo(new RunState(10, 1.5, 9, 1));
    assertThat(stored.identity()).isEqualTo(IDENTITY);
    SequencedMap<String, NativeTensor> read = tensors(0);
    stored.readInto(read);
    assertThat(read.get("weight.a").getDouble(5)).isEqualTo(10);
    assertThat(stored.read("weight.", Arena.ofAuto())).containsOnlyKeys("a");
    assertThat(log).isEmpty();
  }

  @Test
  void anyProgramCanReadTheTensors() {
    try (SafetensorsFile file = SafetensorsFile.open(save(10))) {
      assertThat(file.names()).containsExactly("weight.a", "checksum");
      assertThat(file.metadata())
          .containsEntry("step", "10")
          .containsEntry("setting --lr", "0.001");
    }
  }

  @Test
  void theLastTwoAndTheBestAreKept() throws IOException {
    for (int step = 10; step <= 50; step += 10) {
      save(step);
    }
    checkpoints.saveBest(new RunState(20, 1, 20, 0), IDENTITY, tensors(20));
    assertThat(files())
        .containsExactly(
            "best.safetensors", "step-00000040.safetensors", "step-00000050.safetensors");
    assertThat(checkpoints.best().orElseThrow().state().step()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.3, 0.6, 0.9, 0.999})
  void aDamagedOneIsPassedOverForTheOneBefore(double place) throws IOException {
    save(10);
    Path damaged = save(20);
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[(int) (place * bytes.length)] ^= 4;
    Files.write(damaged, bytes);
    StoredCheckpoint stored = checkpoints.last(log::add).orElseThrow();
    assertThat(stored.state().step()).isEqualTo(10);
    assertThat(log)
        .containsExactly(
            damaged
                + ": the checkpoint is damaged: its checksum is not that of its content; using "
                + stored.file()
                + " instead");
    save(15);
    assertThat(files()).containsExactly("step-00000010.safetensors", "step-00000015.safetensors");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 31, 100, 300})
  void aTruncatedOneIsDamaged(int length) throws IOException {
    Path file = save(10);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    assertThatThrownBy(() -> checkpoints.last(log::add))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("no checkpoint of this run can be used")
        .hasMessageContaining(file + ": the checkpoint is damaged");
  }

  @Test
  void aFullDiskLeavesTheLastOneAsItIs() throws IOException {
    save(10);
    Disk full =
        new Forwarding() {
          @Override
          public void replace(Path file, AtomicFile.Content content) {
            Disk.REAL.replace(
                file,
                channel -> {
                  content.writeTo(channel);
                  throw new IOException("No space left on device");
                });
          }
        };
    CheckpointFolder onFullDisk = new CheckpointFolder(folder, full);
    assertThatThrownBy(() -> onFullDisk.save(new RunState(20, 1, 1, 0), IDENTITY, tensors(20)))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("No space left on device");
    assertThat(files()).containsExactly("step-00000010.safetensors");
    assertThat(checkpoints.last(log::add).orElseThrow().state().step()).isEqualTo(10);
  }

  private abstract static class Forwarding implements Disk {
    @Override
    public Appending append(Path file) {
      return REAL.append(file);
    }

    @Override
    public void truncate(Path file, long size) {
      REAL.truncate(file, size);
    }

    @Override
    public void force(Path file) {
      REAL.force(file);
    }

    @Override
    public void delete(Path file) {
      REAL.delete(file);
    }
  }

  @Test
  void settingsThatDifferAreNamed() {
    SequencedMap<String, String> other = new LinkedHashMap<>();
    other.put("--lr", "0.002");
    other.put("--clip", "1.0");
    assertThatThrownBy(
            () -> new RunIdentity(other, Map.of()).requireBegunWith(IDENTITY, Path.of("out")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(
            "--lr was 0.001 and is now 0.002\n  --clip was not set and is now 1.0");
    new RunIdentity(IDENTITY.settings(), Map.of("tile", "other"))
        .requireBegunWith(IDENTITY, Path.of("out"));
  }

  @Test
  void aRunIsNotBegunOverAnother() {
    Path run = folder.resolve("run");
    try (RunFolder opened = RunFolder.open(run, false, Disk.REAL, log::add)) {
      assertThat(opened.start()).isEmpty();
      opened.checkpoints().save(RunState.START, IDENTITY, tensors(1));
      assertThatThrownBy(() -> RunFolder.open(run, true, Disk.REAL, log::add))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("is in use by another run");
    }
    assertThatThrownBy(() -> RunFolder.open(run, false, Disk.REAL, log::add))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("already holds a run; give --resume");
    try (RunFolder opened = RunFolder.open(run, true, Disk.REAL, log::add)) {
      assertThat(opened.start().orElseThrow().state()).isEqualTo(RunState.START);
    }
    assertThat(log).isEmpty();
  }

  @Test
  void resumingNothingBegins() {
    try (RunFolder opened = RunFolder.open(folder.resolve("new"), true, Disk.REAL, log::add)) {
      assertThat(opened.start()).isEmpty();
    }
    assertThat(log).singleElement().asString().contains("to resume: beginning at the first step");
  }
}
