package dev.retain.runtime.weights;

import static dev.retain.runtime.weights.RawFile.header;
import static dev.retain.runtime.weights.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retain.runtime.files.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a file can be wrong, and the one message that says so. */
class DamagedFileTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void isRefusedWithOneMessage(String name, byte[] bytes, String expected) throws IOException {
    Path file = Files.write(folder.resolve("model.safetensors"), bytes);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(expected)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> isRefusedWithOneMessage() {
    return Stream.concat(wrongContainers(), Stream.concat(wrongJson(), wrongTensors()));
  }

  private static Stream<Arguments> wrongContainers() {
    byte[] none = {};
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        arguments("empty", none, "it has only 0 bytes"),
        arguments("seven bytes", new byte[7], "it has only 7 bytes"),
        arguments(
            "header longer than the file",
            RawFile.withLength(100, empty, none),
            "its header has 100 bytes, but only 2 follow; the file is truncated"),
        arguments(
            "header over the limit",
            RawFile.withLength(100_000_001, empty, none),
            "its header would have 100000001 bytes, and at most 100000000 are allowed"),
        arguments(
            "negative header length",
            RawFile.withLength(-1, empty, none),
            "its header would have 18446744073709551615 bytes"),
        arguments(
            "a text file",
            "no safetensors at all".getBytes(StandardCharsets.UTF_8),
            "damaged or no safetensors file"),
        arguments(
            "header not UTF-8",
            RawFile.of(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, none),
            "its header is not UTF-8"));
  }

  private static Stream<Arguments> wrongJson() {
    return Stream.of(
        json(
            "header of zero bytes", "", "the header: expected an object of tensors, found the end"),
        json("not JSON", "{nonsense}", "its header is not JSON"),
        json("unfinished JSON", "{\"a\":", "its header is not JSON"),
        json("zeros", "\0\0\0\0", "its header is not JSON"),
        json("an array", "[]", "the header: expected an object of tensors, found ["),
        json("deeply nested", "[".repeat(100_000), "expected an object of tensors, found ["),
        json("two objects", "{} {}", "expected nothing after its closing brace, found {"),
        json("a tensor that is a number", "{\"a\":1}", "tensor \"a\": expected an object with"),
        json("no dtype", "{\"a\":{\"shape\":[]}}", "tensor \"a\": expected dtype, shape and"),
        json("an empty tensor", "{\"a\":{}}", "expected dtype, shape and data_offsets, found only"),
        json("an unknown key", "{\"a\":{\"offset\":3}}", "found \"offset\""),
        json("dtype a number", "{\"a\":{\"dtype\":3}}", "tensor \"a\", dtype: expected a string"),
        json(
            "shape a string",
            "{\"a\":{\"shape\":\"3\"}}",
            "tensor \"a\", shape: expected an array"),
        json("nested shape", "{\"a\":{\"shape\":[[1]]}}", "expected whole numbers from 0"),
        json("fraction in a shape", "{\"a\":{\"shape\":[1.5]}}", "found 1.5"),
        json("negative shape", "{\"a\":{\"shape\":[-4]}}", "found -4"),
        json(
            "shape beyond a long",
            "{\"a\":{\"shape\":[99999999999999999999]}}",
            "found 99999999999999999999"),
        json("metadata not an object", "{\"__metadata__\":[]}", "__metadata__: expected an object"),
        json(
            "metadata not strings",
            "{\"__metadata__\":{\"chunk\":3}}",
            "__metadata__ \"chunk\": expected a string, found 3"),
        json(
            "duplicate key of metadata",
            "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
            "\"k\" stands twice in __metadata__"),
        json("duplicate metadata", "{\"__metadata__\":{},\"__metadata__\":{}}", "stands twice"),
        json(
            "duplicate key of a tensor",
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
            "\"dtype\" stands twice in tensor \"a\""),
        json(
            "duplicate tensor",
            header(tensor("a", "U8", "[0]", 0, 0), tensor("a", "U8", "[0]", 0, 0)),
            "tensor \"a\" stands twice in the header"),
        json(
            "three offsets",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4,8]}}",
            "tensor \"a\": expected two data_offsets, found [0, 4, 8]"),
        json(
            "unknown dtype",
            header(tensor("a", "F8_E4M3", "[1]", 0, 1)),
            "tensor \"a\": dtype \"F8_E4M3\" cannot be read; convert it to one of F32, F64"));
  }

  private static Arguments json(String name, String header, String expected) {
    return arguments(name, RawFile.of(header, 0), expected);
  }

  private static Stream<Arguments> wrongTensors() {
    String first = tensor("a", "F32", "[2]", 0, 8);
    return Stream.of(
        arguments(
            "wrong size",
            RawFile.of(header(tensor("a", "F32", "[2,3]", 0, 20)), 20),
            "tensor \"a\": F32[2, 3] needs 24 bytes, but its data_offsets give 20"),
        arguments(
            "ends before it begins",
            RawFile.of(header(tensor("a", "F32", "[0]", 8, 4)), 8),
            "tensor \"a\": it ends before it begins: [8, 4)"),
        arguments(
            "shape beyond a long",
            RawFile.of(header(tensor("a", "U8", "[4294967296,4294967296]", 0, 0)), 0),
            "tensor \"a\": its shape U8[4294967296, 4294967296] is larger than any file can be"),
        arguments(
            "bytes beyond a long",
            RawFile.of(header(tensor("a", "F64", "[2305843009213693952]", 0, 0)), 0),
            "is larger than any file can be"),
        arguments(
            "truncated data",
            RawFile.of(header(first), 7),
            "tensor \"a\": its data ends at byte 8, but the file has only 7 bytes of data"),
        arguments(
            "offsets out of range",
            RawFile.of(header(tensor("a", "F32", "[2]", 9223372036854775799L, Long.MAX_VALUE)), 8),
            "ends at byte 9223372036854775807, but the file has only 8"),
        arguments(
            "overlap",
            RawFile.of(header(tensor("b", "F32", "[2]", 4, 12), first), 12),
            "tensor \"b\": its data [4, 12) overlaps that of tensor \"a\""),
        arguments(
            "same place twice",
            RawFile.of(header(first, tensor("b", "F32", "[2]", 0, 8)), 8),
            "tensor \"b\": its data [0, 8) overlaps that of tensor \"a\""),
        arguments(
            "hole",
            RawFile.of(header(first, tensor("b", "F32", "[1]", 12, 16)), 16),
            "tensor \"b\": there is a hole of 4 bytes between it and tensor \"a\""),
        arguments(
            "hole at the start",
            RawFile.of(header(tensor("a", "F32", "[1]", 4, 8)), 8),
            "tensor \"a\": there is a hole of 4 bytes between it and the header"),
        arguments(
            "data that belongs to nothing",
            RawFile.of(header(first), 11),
            "the data has 11 bytes, but the tensors end after 8: the last 3 bytes"));
  }

  @Test
  void everyTruncationOfAFileIsRefused() throws IOException {
    byte[] whole = RawFile.of(header(tensor("a", "F32", "[2]", 0, 8)), 8);
    Path file = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(WeightsException.class);
    }
    Files.write(file, whole);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).containsExactly("a");
    }
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> SafetensorsFile.open(missing))
        .isInstanceOf(FileException.class)
        .hasMessage("cannot read " + missing + ": there is no such file; check the path");
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("it is not a regular file");
  }
}
