package dev.retain.runtime.weights;

import static dev.retain.runtime.weights.RawFile.header;
import static dev.retain.runtime.weights.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.weights.SafetensorsFile.NonFinite;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void readsWhatTheReferenceWrote() {
    try (SafetensorsFile file = SafetensorsFile.open(golden("torchscale_one_f64"));
        Arena arena = Arena.ofConfined()) {
      assertThat(file.metadata()).containsEntry("chunk", "3").containsEntry("dtype", "f64");
      assertThat(file.names()).startsWith("param.embed_tokens.weight").hasSize(75);
      assertThat(file.shape("logits.recurrent")).containsExactly(1, 6, 97);
      assertThat(file.shape("loss.recurrent")).isEmpty();
      assertThat(file.type("input_ids")).isEqualTo(ElementType.I64);
      // The decay of head 0 is log(1 - 2^-5).
      assertThat(file.read("buffer.retnet_rel_pos.decay", arena).getDouble(0))
          .isCloseTo(Math.log(31 / 32.0), within(1e-15));
      NativeTensor ids = file.read("input_ids", arena);
      assertThat(ids).hasToString("I64[1, 6]");
      for (int i = 0; i < 6; i++) {
        assertThat(ids.getDouble(i)).isBetween(0.0, 96.0);
      }
    }
  }

  @Test
  void widensAndNarrows() {
    try (SafetensorsFile narrow = SafetensorsFile.open(golden("torchscale_one_f32"));
        SafetensorsFile wide = SafetensorsFile.open(golden("torchscale_one_f64"));
        Arena arena = Arena.ofConfined()) {
      for (String name : narrow.names()) {
        if (name.startsWith("param.")) {
          assertThat(
                  narrow
                      .read(name, ElementType.F64, arena)
                      .segment()
                      .mismatch(wide.read(name, arena).segment()))
              .isEqualTo(-1);
          assertThat(
                  wide.read(name, ElementType.F32, arena)
                      .segment()
                      .mismatch(narrow.read(name, arena).segment()))
              .isEqualTo(-1);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 0000c03f, F32, 1.5",
    "F64, 000000000000f8bf, F64, -1.5",
    "BF16, c03f, F32, 1.5",
    "F16, 003e, F32, 1.5",
    "F16, 0100, F32, 5.9604644775390625e-8",
    "I64, feffffffffffffff, I64, -2",
    "I32, feffffff, I64, -2",
    "U8, fe, I64, 254",
    "BOOL, 01, I64, 1",
  })
  void readsEveryType(String type, String littleEndian, ElementType widened, double value)
      throws IOException {
    byte[] element = HexFormat.of().parseHex(littleEndian);
    // One byte before it, so that nothing is aligned.
    byte[] data = ByteBuffer.allocate(1 + element.length).put((byte) 0).put(element).array();
    try (SafetensorsFile file =
            open(
                RawFile.of(
                    header(
                        tensor("pad", "U8", "[1]", 0, 1), tensor("a", type, "[]", 1, data.length)),
                    data));
        Arena arena = Arena.ofConfined()) {
      assertThat(file.type("a")).isEqualTo(widened);
      assertThat(file.read("a", arena).getDouble(0)).isEqualTo(value);
      assertThat(file.read("a", ElementType.F64, arena).getDouble(0)).isEqualTo(value);
      assertThat(file.read("a", ElementType.F32, arena).getDouble(0)).isEqualTo((float) value);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, NaN", "70000, Infinity", "99999, -Infinity", "49999, NaN"})
  void namesTheFirstValueThatIsNotFinite(int index, float value) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(400_000).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(index * 4, value).putFloat(99_999 * 4, Float.NEGATIVE_INFINITY);
    String header = header(tensor("layer.weight", "F32", "[2,50000]", 0, 400_000));
    try (SafetensorsFile file = open(RawFile.of(header, data.array()));
        Arena arena = Arena.ofConfined()) {
      for (ElementType type : new ElementType[] {ElementType.F32, ElementType.F64}) {
        assertThatThrownBy(() -> file.read("layer.weight", type, arena))
            .isInstanceOf(WeightsException.class)
            .hasMessageContaining(
                "tensor \"layer.weight\": element [%d, %d]: expected finite values, found %s"
                    .formatted(index / 50_000, index % 50_000, value));
      }
      NativeTensor read = file.read("layer.weight", ElementType.F32, NonFinite.ALLOWED, arena);
      assertThat(read.getDouble(index)).isEqualTo(Double.valueOf(value));
    }
  }

  @Test
  void aValueTooLargeForTheTypeAskedForIsNamed() throws IOException {
    byte[] data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1e300).array();
    try (SafetensorsFile file = open(RawFile.of(header(tensor("a", "F64", "[1]", 0, 8)), data));
        Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> file.read("a", ElementType.F32, arena))
          .hasMessageEndingWith("tensor \"a\": element [0]: 1.0E300 is too large for F32; use F64");
      assertThat(file.read("a", arena).getDouble(0)).isEqualTo(1e300);
    }
  }

  @Test
  void refusesNamesTypesAndShapesThatDoNotFit() throws IOException {
    String header = header(tensor("a", "F32", "[2]", 0, 8), tensor("b", "F32", "[0,9]", 8, 8));
    try (SafetensorsFile file = open(RawFile.of(header, 8));
        Arena arena = Arena.ofConfined()) {
      assertThat(file.contains("a")).isTrue();
      assertThat(file.contains("c")).isFalse();
      assertThat(file.read("b", arena).size()).isZero();
      assertThatThrownBy(() -> file.read("c", arena))
          .hasMessageContaining("it has no tensor \"c\" among its 2 (a, b)");
      assertThatThrownBy(() -> file.read("a", ElementType.I64, arena))
          .hasMessageContaining("tensor \"a\": expected integers, found F32");
      NativeTensor other = NativeTensor.allocate(arena, ElementType.F32, 1, 2);
      assertThatThrownBy(() -> file.readInto("a", other, NonFinite.REFUSED))
          .hasMessageContaining("expected the shape of F32[1, 2], found F32[2]");
    }
  }

  private SafetensorsFile open(byte[] bytes) throws IOException {
    return SafetensorsFile.open(Files.write(folder.resolve("a.safetensors"), bytes));
  }

  static Path golden(String name) {
    try {
      return Path.of(
          SafetensorsFileTest.class.getResource("/golden/" + name + ".safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
