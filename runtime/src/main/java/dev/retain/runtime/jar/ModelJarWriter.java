package dev.retain.runtime.jar;

import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.jar.ModelJarContent.Extra;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelJson;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a model's jar, whole or not at all. Equal contents give equal bytes. The weights are
 * stored as they are, and may be larger than memory's half or 4 GiB.
 */
public final class ModelJarWriter {
  private static final int BUFFER = 1 << 16;
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private final ZipOutputStream zip;

  private ModelJarWriter(ZipOutputStream zip) {
    this.zip = zip;
  }

  /**
   * Writes the jar, replacing a file that is there.
   *
   * @throws dev.retain.runtime.files.FileException if it cannot be written
   */
  public static void write(Path target, ModelJarContent content) {
    AtomicFile.write(
        target,
        channel -> {
          OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
          // Not closed, since that would close the channel, which is forced to the disk first.
          ZipOutputStream zip = new ZipOutputStream(stream);
          new ModelJarWriter(zip).entries(target, content);
          zip.finish();
          stream.flush();
        });
  }

  private void entries(Path target, ModelJarContent content) throws IOException {
    deflate(JarFile.MANIFEST_NAME, manifest(content));
    deflate(Layout.DESCRIPTION, ModelJson.write(content.description()));
    if (content.certificate().isPresent()) {
      deflate(Layout.CERTIFICATE, content.certificate().get().getBytes(StandardCharsets.UTF_8));
    }
    for (Width width : Width.values()) {
      Map<String, byte[]> classes = content.kernels().getOrDefault(width, Map.of());
      for (Map.Entry<String, byte[]> kernel : new TreeMap<>(classes).entrySet()) {
        deflate(Layout.kernel(width, kernel.getKey()), kernel.getValue());
      }
    }
    for (Map.Entry<String, byte[]> source : new TreeMap<>(content.sources()).entrySet()) {
      deflate(Layout.SOURCES + source.getKey(), source.getValue());
    }
    store(target, content.weights());
    for (Extra extra : content.extras()) {
      try (InputStream bytes = extra.bytes().open()) {
        deflate(extra.path(), bytes);
      }
    }
  }

  private static byte[] manifest(ModelJarContent content) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Created-By", "Retain " + content.description().compiler());
    new TreeMap<>(content.manifest()).forEach(attributes::putValue);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    return bytes.toByteArray();
  }

  private void deflate(String path, byte[] bytes) throws IOException {
    deflate(path, new ByteArrayInputStream(bytes));
  }

  private void deflate(String path, InputStream bytes) throws IOException {
    zip.putNextEntry(entry(path));
    bytes.transferTo(zip);
    zip.closeEntry();
  }

  /** A stored entry must begin with its size and checksum, so the bytes are made twice. */
  private void store(Path target, SequencedMap<String, NativeTensor> weights) throws IOException {
    Counting counting = new Counting();
    CheckedOutputStream checked = new CheckedOutputStream(counting, new CRC32());
    SafetensorsWriter.writeTo(Channels.newChannel(checked), target, weights, Map.of());
    ZipEntry entry = entry(Layout.WEIGHTS);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(counting.count);
    entry.setCrc(checked.getChecksum().getValue());
    zip.putNextEntry(entry);
    SafetensorsWriter.writeTo(Channels.newChannel(zip), target, weights, Map.of());
    zip.closeEntry();
  }

  private static ZipEntry entry(String path) {
    ZipEntry entry = new ZipEntry(path);
    entry.setTimeLocal(TIME);
    return entry;
  }

  private static final class Counting extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
