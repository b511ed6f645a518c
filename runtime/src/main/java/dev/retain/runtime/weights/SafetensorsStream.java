package dev.retain.runtime.weights;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads safetensors that {@link SafetensorsWriter} wrote from a stream, such as an entry of a jar,
 * every tensor in its own type. Values are not looked at.
 */
public final class SafetensorsStream {
  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER = 1 << 20;

  private SafetensorsStream() {}

  /**
   * Reads the stream to its end.
   *
   * @param path names the place in messages
   * @param length bytes that the stream should have
   * @return the tensors by name, in the order of their data
   * @throws WeightsException if the header is damaged
   * @throws IOException if the stream ends early or cannot be read
   */
  public static SequencedMap<String, NativeTensor> read(
      Path path, InputStream stream, long length, Arena arena) throws IOException {
    ByteBuffer start = ByteBuffer.wrap(read(stream, LENGTH_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    long headerLength = start.getLong();
    if (headerLength < 0
        || headerLength > Math.min(SafetensorsFile.LONGEST_HEADER, length - LENGTH_BYTES)) {
      throw new WeightsException(path, "its header cannot have " + headerLength + " bytes");
    }
    String text = new String(read(stream, (int) headerLength), StandardCharsets.UTF_8);
    Header header = HeaderReader.read(path, text);
    header.check(path, length - LENGTH_BYTES - headerLength);
    List<StoredTensor> inOrder =
        header.tensors().values().stream()
            .sorted(Comparator.comparingLong(StoredTensor::begin))
            .toList();
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    byte[] buffer = new byte[BUFFER];
    for (StoredTensor stored : inOrder) {
      ElementType type =
          stored
              .type()
              .same()
              .orElseThrow(() ->
                  new WeightsException(path, stored.describe() + " cannot be read from a stream"));
      NativeTensor tensor = NativeTensor.allocate(arena, type, stored.shape());
      fill(tensor.segment(), stream, buffer);
      tensors.put(stored.name(), tensor);
    }
    return tensors;
  }

  private static byte[] read(InputStream stream, int count) throws IOException {
    byte[] bytes = stream.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("it ends early");
    }
    return bytes;
  }

  private static void fill(MemorySegment target, InputStream stream, byte[] buffer)
      throws IOException {
    for (long done = 0; done < target.byteSize(); ) {
      int count =
          stream.readNBytes(buffer, 0, (int) Math.min(buffer.length, target.byteSize() - done));
      if (count == 0) {
        throw new EOFException("it ends early");
      }
      MemorySegment.copy(buffer, 0, target, ValueLayout.JAVA_BYTE, done, count);
      done += count;
    }
  }
}
