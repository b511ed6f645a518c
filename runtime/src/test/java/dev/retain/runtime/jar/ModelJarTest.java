package dev.retain.runtime.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retain.runtime.ModelException;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.RunOptions;
import dev.retain.runtime.Session;
import dev.retain.runtime.engine.Engine;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.toy.ToyModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SequencedMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelJarTest {
  /** A package of the same length that the test's own class path does not have. */
  private static final String PACKAGE = "dev.retain.jarfile.toy";

  private static final Engine ENGINE = Engine.withWorkers(1);

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Map<String, byte[]> kernels() throws IOException {
    Map<String, byte[]> classes = new HashMap<>();
    for (String name : List.of("FillDecay", "Embed", "Scan", "ReadOut")) {
      try (InputStream file = ToyModel.class.getResourceAsStream(name + ".class")) {
        String text = new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
        String moved =
            text.replace("dev/retain/runtime/toy/" + name, PACKAGE.replace('.', '/') + "/" + name);
        classes.put(PACKAGE + "." + name, moved.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return classes;
  }

  private static ModelJarContent content(OptionalLong seed) throws IOException {
    ModelDescription description = ToyModel.description("Toy", PACKAGE, seed);
    SequencedMap<String, NativeTensor> weights = ToyModel.weights();
    if (seed.isPresent()) {
      weights.remove("weight");
    }
    byte[] source = "model Toy {}".getBytes(StandardCharsets.UTF_8);
    return new ModelJarContent(
        description,
        weights,
        Map.of(Width.SCALAR, kernels(), Width.W256, kernels()),
        Map.of("toy.ret", source),
        Optional.of("{}"),
        Map.of("Main-Class", "some.Main"),
        List.of(new ModelJarContent.Extra("some/file", () -> new ByteArrayInputStream(source))));
  }

  private Path write(OptionalLong seed) throws IOException {
    Path jar = folder.resolve("toy.jar");
    ModelJarWriter.write(jar, content(seed));
    return jar;
  }

  @Test
  void aModelRunsFromItsJar() throws IOException {
    int[][] tokens = ToyModel.tokens(1, 1, 9);
    try (RetainModel model = RetainModel.open(write(OptionalLong.empty()), ENGINE);
        Session session = model.newSession(1)) {
      NativeTensor logits = session.run(tokens, Form.CHUNKWISE, RunOptions.DEFAULT);

      double[][] expected = ToyModel.expected(tokens[0]);
      for (int i = 0; i < logits.size(); i++) {
        assertThat(logits.getDouble(i))
            .isEqualTo(expected[i / ToyModel.VOCABULARY][i % ToyModel.VOCABULARY]);
      }
      assertThat(model.description()).isEqualTo(content(OptionalLong.empty()).description());
    }
  }

  @Test
  void parametersWithoutValuesComeFromTheSeed() throws IOException {
    try (RetainModel model = RetainModel.open(write(OptionalLong.of(3)), ENGINE);
        RetainModel again = RetainModel.open(write(OptionalLong.of(3)), ENGINE);
        RetainModel other = RetainModel.open(write(OptionalLong.of(4)), ENGINE)) {
      double value = model.weights().get("weight").getDouble(1);

      assertThat(value).isNotZero();
      assertThat(again.weights().get("weight").getDouble(1)).isEqualTo(value);
      assertThat(other.weights().get("weight").getDouble(1)).isNotEqualTo(value);
      assertThat(model.weights().get("gamma").getDouble(0)).isEqualTo(ToyModel.GAMMA);
    }
  }

  @Test
  void allPartsComeBackAndTheBytesAreTheSame() throws IOException {
    Path jar = write(OptionalLong.empty());
    byte[] first = Files.readAllBytes(jar);
    try (ModelJar open = ModelJar.open(jar);
        JarFile asJar = new JarFile(jar.toFile())) {
      assertThat(open.widths()).containsExactly(Width.W256, Width.SCALAR);
      assertThat(open.kernels(Width.W256)).containsOnlyKeys(kernels().keySet());
      String scan = PACKAGE + ".Scan";
      assertThat(open.kernels(Width.SCALAR).get(scan)).isEqualTo(kernels().get(scan));
      assertThat(open.sources()).containsOnlyKeys("toy.ret");
      assertThat(asJar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("some.Main");
      assertThat(asJar.getEntry("some/file")).isNotNull();
      assertThat(asJar.getEntry("META-INF/retain/weights.safetensors").getMethod())
          .isEqualTo(ZipEntry.STORED);
    }
    assertThat(Files.readAllBytes(write(OptionalLong.empty()))).isEqualTo(first);
  }

  @Test
  void theWidthCanBeCappedAndMustBeThere() throws IOException {
    Path jar = write(OptionalLong.empty());
    ModelJarContent wide = content(OptionalLong.empty());
    Path onlyWide = folder.resolve("wide.jar");
    ModelJarWriter.write(
        onlyWide,
        new ModelJarContent(
            wide.description(),
            wide.weights(),
            Map.of(Width.W256, kernels()),
            wide.sources(),
            Optional.empty(),
            Map.of(),
            List.of()));
    try {
      System.setProperty("retain.width", "scalar");
      RetainModel.open(jar, ENGINE).close();
      assertThatThrownBy(() -> RetainModel.open(onlyWide, ENGINE))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("compiled for vectors of 256 bits");
      System.setProperty("retain.width", "1024");
      assertThatThrownBy(() -> RetainModel.open(jar, ENGINE))
          .isInstanceOf(RetainException.class)
          .hasMessage("-Dretain.width must be one of w512, w256, w128, scalar, not '1024'");
    } finally {
      System.clearProperty("retain.width");
    }
  }

  @Test
  void whatIsNoModelIsSaidInOneLine() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar at all");
    Path empty = Files.createFile(folder.resolve("empty.jar"));
    Path other = folder.resolve("other.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(other))) {
      zip.putNextEntry(new ZipEntry("a"));
    }
    assertRefused(text, "it is no jar, or it is truncated");
    assertRefused(empty, "it is no jar, or it is truncated");
    assertRefused(other, "this jar is no Retain model");
    assertRefused(folder, "it is no file");
    assertRefused(folder.resolve("none.jar"), "no such file");
  }

  private static void assertRefused(Path jar, String message) {
    assertThatThrownBy(() -> RetainModel.open(jar, ENGINE))
        .isInstanceOf(RetainException.class)
        .hasMessageContaining(jar.toString())
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void anyDamageIsRefusedOrHarmless() throws IOException {
    Path jar = write(OptionalLong.empty());
    byte[] whole = Files.readAllBytes(jar);
    Random random = new Random(5);
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      byte[] bytes = whole.clone();
      if (i % 3 == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(jar, bytes);
      try (RetainModel model = RetainModel.open(jar, ENGINE);
          Session session = model.newSession(1)) {
        // The bytes that nobody reads are many: times, sizes given twice, other entries.
        assertThat(session.step(2).getDouble(2)).isEqualTo(ToyModel.expected(2)[0][2]);
      } catch (RetainException e) {
        messages.add(e.getMessage());
      }
    }
    assertThat(messages)
        .hasSizeGreaterThan(60)
        .allSatisfy(message -> assertThat(message).startsWith(jar.toString()).doesNotContain("\n"));
  }

  @Test
  void wrongWeightsAreNamed() throws IOException {
    ModelJarContent content = content(OptionalLong.empty());
    SequencedMap<String, NativeTensor> weights = new LinkedHashMap<>(content.weights());
    NativeTensor gamma = weights.remove("gamma");
    assertThatThrownBy(() -> open(content, weights))
        .isInstanceOf(ModelException.class)
        .hasMessage("the model Toy needs the tensor gamma of the shape [], but it is missing");
    weights.put("gamma", weights.get("weight"));
    assertThatThrownBy(() -> open(content, weights)).hasMessageContaining("F64[5]");
    weights.put("gamma", gamma);
    weights.put("delta", gamma);
    assertThatThrownBy(() -> open(content, weights))
        .hasMessage("the model Toy has no tensors [delta]");
  }

  private static RetainModel open(
      ModelJarContent content, SequencedMap<String, NativeTensor> weights) {
    return RetainModel.of(content.description(), weights, ToyModel::kernel, ENGINE);
  }
}
