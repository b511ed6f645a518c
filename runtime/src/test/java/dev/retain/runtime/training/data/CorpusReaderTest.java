package dev.retain.runtime.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.Tokenizer;
import dev.retain.runtime.text.Tokenizers;
import dev.retain.runtime.training.TrainingBatch;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusReaderTest {
  private static final Tokenizer BYTES = new ByteTokenizer();

  @TempDir Path folder;

  private static Corpus read(Tokenizer tokenizer, Path... paths) {
    return CorpusReader.read(List.of(paths), tokenizer, InputStream.nullInputStream());
  }

  private static String text(Corpus corpus) {
    byte[] bytes = new byte[(int) corpus.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) corpus.token(i);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void foldersAreReadInTheOrderOfTheirPaths() throws IOException {
    Files.createDirectories(folder.resolve("b/.git"));
    Files.writeString(folder.resolve("b/z.txt"), "three");
    Files.writeString(folder.resolve("a.txt"), "one\u20ac");
    Files.writeString(folder.resolve("empty.txt"), "");
    Files.writeString(folder.resolve(".hidden"), "hidden");
    Files.writeString(folder.resolve("b/.git/x"), "hidden");
    try (OutputStream packed =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("b/a.txt.gz")))) {
      packed.write("two".getBytes(StandardCharsets.UTF_8));
    }
    Corpus corpus = read(BYTES, folder);
    assertThat(text(corpus)).isEqualTo("one\u20actwothree");
    assertThat(corpus.documents()).isEqualTo(3);
    assertThat(corpus.targets()).isEqualTo(14 - 3);
    assertThat(corpus.largest()).isEqualTo(0xe2);
  }

  @Test
  void standardInputIsOneDocument() {
    String text = "x".repeat(100_000) + "\u20ac";
    Corpus corpus =
        CorpusReader.read(
            List.of(Path.of("-")),
            BYTES,
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(corpus.documents()).isEqualTo(1);
    assertThat(text(corpus)).isEqualTo(text);
  }

  @Test
  void vocabulariesEndEachDocument() throws IOException {
    Path one = Files.writeString(folder.resolve("1"), "Hello world");
    Path two = Files.writeString(folder.resolve("2"), "Hello");
    Tokenizer gpt2 = Tokenizers.of("gpt2");
    Corpus corpus = read(gpt2, one, two);
    assertThat(LongStream.range(0, corpus.size()).mapToInt(corpus::token).toArray())
        .containsExactly(15496, 995, 50256, 15496, 50256);
    assertThat(corpus.documents()).isEqualTo(2);
    int[] lengths = CorpusReader.bytesOfTokens(gpt2);
    assertThat(lengths[15496]).isEqualTo(5);
    assertThat(lengths[995]).isEqualTo(6);
    assertThat(lengths[50256]).isZero();
  }

  @Test
  void whatIsNotUtf8IsSaidWithItsPlace() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.write(file, new byte[] {'a', '\n', 'b', (byte) 0xe4, 'c'});
    assertThatThrownBy(() -> read(BYTES, file))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("latin.txt: not valid UTF-8 at byte 3, line 2");
    Path packed = Files.writeString(folder.resolve("plain.gz"), "no gzip");
    assertThatThrownBy(() -> read(BYTES, packed))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("plain.gz: it cannot be unpacked");
    assertThatThrownBy(() -> read(BYTES, folder.resolve("missing")))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining("there is no such file");
    Path one = Files.writeString(folder.resolve("one"), "1");
    assertThatThrownBy(() -> read(BYTES, one))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("there is nothing to learn from");
  }

  @Test
  void tokensInRowsAreTheSameBatchAgainAndAgain() {
    Path file = tokens("input_ids", 2, 3);
    TokenFile read = TokenFile.read(file);
    assertThat(read.rows()).hasValue(2);
    assertThat(read.length()).hasValue(3);
    Batches batches =
        new IndependentRows(read.corpus(), 2, 3, Optional.empty(), Order.SEQUENTIAL, 0);
    for (long number : new long[] {0, 1, 7}) {
      TrainingBatch batch = batches.batch(number).batch();
      assertThat(batch.tokens()).isDeepEqualTo(new int[][] {{0, 7, 14}, {21, 28, 35}});
      assertThat(batch.targets()).isDeepEqualTo(new int[][] {{7, 14, -1}, {28, 35, -1}});
      assertThat(batch.resets()).isEmpty();
    }
    assertThat(batches.batch(0).isText()).isFalse();
  }

  @Test
  void tokensInOneRowAreOneDocument() {
    TokenFile read = TokenFile.read(tokens("whatever", 6));
    assertThat(read.rows()).isEmpty();
    assertThat(read.corpus().documents()).isEqualTo(1);
    assertThat(read.corpus().size()).isEqualTo(6);
    assertThatThrownBy(() -> read.corpus().requireIn(35))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("the data has the token 35, and the model's vocabulary is 0 to 34")
        .hasMessageContaining("--set vocab=36");
    read.corpus().requireIn(36);
  }

  @Test
  void aFileWithoutTokensIsRefused() {
    Path file = folder.resolve("reals.safetensors");
    NativeTensor reals = NativeTensor.allocate(Arena.ofAuto(), ElementType.F32, 3);
    SafetensorsWriter.write(file, new LinkedHashMap<>(Map.of("x", reals)), Map.of());
    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("expected one tensor of whole numbers");
  }

  private Path tokens(String name, long... shape) {
    Path file = folder.resolve(name + ".safetensors");
    NativeTensor tensor = NativeTensor.allocate(Arena.ofAuto(), ElementType.I64, shape);
    for (int i = 0; i < Arrays.stream(shape).reduce(1, (a, b) -> a * b); i++) {
      tensor.setDouble(i, 7 * i);
    }
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    tensors.put(name, tensor);
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }
}
