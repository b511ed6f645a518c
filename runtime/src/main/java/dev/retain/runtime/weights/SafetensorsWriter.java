package dev.retain.runtime.weights;

import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.memory.NativeTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files. Equal tensors, names and metadata give equal bytes; the data begins at
 * a multiple of 64 bytes.
 */
public final class SafetensorsWriter {
  private static final int LENGTH_BYTES = 8;
  private static final long LARGEST_WRITE = 1 << 28;

  private SafetensorsWriter() {}

  /**
   * Writes a file whole or not at all.
   *
   * @param tensors by name, in the order they shall have in the file
   * @param metadata strings about the file; written in the order of their keys
   * @throws dev.retain.runtime.files.FileException if the file cannot be written
   */
  public static void write(
      Path file, SequencedMap<String, NativeTensor> tensors, Map<String, String> metadata) {
    ByteBuffer header = header(file, tensors, metadata);
    AtomicFile.write(file, channel -> write(channel, header, tensors));
  }

  /**
   * Writes the same bytes to a place of the caller's.
   *
   * @param file names the place in messages
   */
  public static void writeTo(
      WritableByteChannel channel,
      Path file,
      SequencedMap<String, NativeTensor> tensors,
      Map<String, String> metadata)
      throws IOException {
    write(channel, header(file, tensors, metadata), tensors);
  }

  private static void write(
      WritableByteChannel channel, ByteBuffer header, SequencedMap<String, NativeTensor> tensors)
      throws IOException {
    writeFully(channel, header);
    for (NativeTensor tensor : tensors.values()) {
      MemorySegment rest = tensor.segment();
      while (rest.byteSize() > 0) {
        MemorySegment part = rest.asSlice(0, Math.min(LARGEST_WRITE, rest.byteSize()));
        writeFully(channel, part.asByteBuffer());
        rest = rest.asSlice(part.byteSize());
      }
    }
  }

  private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static ByteBuffer header(
      Path file, SequencedMap<String, NativeTensor> tensors, Map<String, String> metadata) {
    byte[] json = json(file, tensors, metadata);
    int unpadded = LENGTH_BYTES + json.length;
    int padding = -unpadded & (NativeTensor.ALIGNMENT - 1);
    long length = json.length + padding;
    if (length > SafetensorsFile.LONGEST_HEADER) {
      throw new WeightsException(
          file,
          "its header would have "
              + length
              + " bytes, and at most "
              + SafetensorsFile.LONGEST_HEADER
              + " are allowed; write fewer tensors or less metadata");
    }
    ByteBuffer header = ByteBuffer.allocate(unpadded + padding).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(length).put(json);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static byte[] json(
      Path file, SequencedMap<String, NativeTensor> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(HeaderReader.METADATA);
        new TreeMap<>(metadata).forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long offset = 0;
      for (Map.Entry<String, NativeTensor> entry : tensors.entrySet()) {
        if (entry.getKey().equals(HeaderReader.METADATA)) {
          throw new WeightsException(file, "no tensor may be named " + HeaderReader.METADATA);
        }
        long end = offset + entry.getValue().segment().byteSize();
        writeTensor(json, entry.getKey(), entry.getValue(), offset, end);
        offset = end;
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeTensor(
      JsonGenerator json, String name, NativeTensor tensor, long begin, long end) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("dtype", tensor.type().name());
    writeNumbers(json, "shape", tensor.shape());
    writeNumbers(json, "data_offsets", begin, end);
    json.writeEndObject();
  }

  private static void writeNumbers(JsonGenerator json, String name, long... numbers) {
    json.writeName(name);
    json.writeArray(numbers, 0, numbers.length);
  }
}
