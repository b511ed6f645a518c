package dev.retain.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"torchscale_one_f32", "torchscale_one_f64"})
  void aFileOfTheReferenceComesBackAsItWas(String name) throws IOException {
    Path original = SafetensorsFileTest.golden(name);
    Path copy = folder.resolve("copy.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(original);
        Arena arena = Arena.ofConfined()) {
      SafetensorsWriter.write(copy, readAll(file, arena), file.metadata());
      try (SafetensorsFile written = SafetensorsFile.open(copy)) {
        assertThat(written.names()).isEqualTo(file.names());
        assertThat(written.metadata()).isEqualTo(file.metadata());
      }
    }
    assertThat(data(copy)).isEqualTo(data(original));
    assertThat(8 + headerLength(copy)).isEqualTo(Math.ceilDiv(8 + headerLength(copy), 64) * 64);
    assertThat(folder).isDirectoryContaining(path -> path.equals(copy));
  }

  @Test
  void equalContentGivesEqualBytes() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
      tensors.put("z", NativeTensor.allocate(arena, ElementType.I64, 1));
      tensors.put("quote \" tab \t ü 🙂", NativeTensor.allocate(arena, ElementType.F32, 0, 3));
      Map<String, String> one = new LinkedHashMap<>(Map.of("a", "1"));
      one.put("b", "line\nbreak");
      Map<String, String> other = new LinkedHashMap<>(Map.of("b", "line\nbreak"));
      other.put("a", "1");
      SafetensorsWriter.write(folder.resolve("one"), tensors, one);
      SafetensorsWriter.write(folder.resolve("other"), tensors, other);
      assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("other"));
      try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("one"))) {
        assertThat(file.names()).containsExactly("z", "quote \" tab \t ü 🙂");
        assertThat(file.metadata()).isEqualTo(one);
      }
    }
  }

  @Test
  void nothingIsLeftWhereNothingCanBeWritten() throws IOException {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    tensors.put("__metadata__", NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 1));
    assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("a"), tensors, Map.of()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("no tensor may be named __metadata__");
    Path nowhere = folder.resolve("no/such/folder/a.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(nowhere, new LinkedHashMap<>(), Map.of()))
        .isInstanceOf(FileException.class)
        .hasMessageStartingWith("cannot write " + nowhere)
        .hasMessageEndingWith("does not exist; create it first");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFailureWhileWritingLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.safetensors"), "old");
    Arena arena = Arena.ofShared();
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", NativeTensor.allocate(arena, ElementType.F32, 100));
    arena.close();
    assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors, Map.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  private static SequencedMap<String, NativeTensor> readAll(SafetensorsFile file, Arena arena) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    file.names().forEach(name -> tensors.put(name, file.read(name, arena)));
    return tensors;
  }

  private static long headerLength(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static byte[] data(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return Arrays.copyOfRange(bytes, (int) (8 + headerLength(file)), bytes.length);
  }
}
