package dev.retain.runtime.weights;

import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A safetensors file, mapped into memory and read-only. Opening it checks everything but the
 * values: the header, and that the tensors fill the data exactly. Names keep the order of the
 * header.
 *
 * <p>Types read: F32, F64, BF16, F16, I64, I32, U8, BOOL. Safe for use by several threads.
 */
public final class SafetensorsFile implements AutoCloseable {
  /** Whether values that are infinite or no number are an error. */
  public enum NonFinite {
    REFUSED,
    ALLOWED
  }

  /** The longest header the format allows. */
  static final long LONGEST_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private final Path path;
  private final Arena arena;
  private final Header header;
  private final MemorySegment data;

  private SafetensorsFile(Path path, Arena arena, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    long headerLength = headerLength(path, file);
    this.header = HeaderReader.read(path, headerText(path, file, headerLength));
    this.data = file.asSlice(LENGTH_BYTES + headerLength);
    header.check(path, data.byteSize());
  }

  /**
   * Opens and checks a file.
   *
   * @throws WeightsException if it is damaged or no safetensors file
   * @throws FileException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return new SafetensorsFile(path, arena, map(path, arena));
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path path, Arena arena) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new WeightsException(path, "it is not a regular file; give a .safetensors file");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  private static long headerLength(Path path, MemorySegment file) {
    if (file.byteSize() < LENGTH_BYTES) {
      throw new WeightsException(
          path,
          "it has only "
              + file.byteSize()
              + " bytes, and a safetensors file begins with 8 that give the length of its header;"
              + " it is truncated or no safetensors file");
    }
    long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (Long.compareUnsigned(length, LONGEST_HEADER) > 0) {
      throw new WeightsException(
          path,
          "its header would have "
              + Long.toUnsignedString(length)
              + " bytes, and at most "
              + LONGEST_HEADER
              + " are allowed; it is damaged or no safetensors file");
    }
    if (length > file.byteSize() - LENGTH_BYTES) {
      throw new WeightsException(
          path,
          "its header has "
              + length
              + " bytes, but only "
              + (file.byteSize() - LENGTH_BYTES)
              + " follow; the file is truncated, copy it again");
    }
    return length;
  }

  private static String headerText(Path path, MemorySegment file, long length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(file.asSlice(LENGTH_BYTES, length).asByteBuffer())
          .toString();
    } catch (CharacterCodingException e) {
      throw new WeightsException(
          path, "its header is not UTF-8; the file is damaged or no safetensors file");
    }
  }

  public Path path() {
    return path;
  }

  /** The names of all tensors, in the order of the header. */
  public List<String> names() {
    return List.copyOf(header.tensors().keySet());
  }

  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /** The dimensions of a tensor, outermost first; empty for a scalar. */
  public long[] shape(String name) {
    return stored(name).shape().clone();
  }

  /** The type of native memory that holds every value of a tensor exactly. */
  public ElementType type(String name) {
    return stored(name).type().widened();
  }

  /** The strings that the file says of itself; empty if it says none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** Reads a tensor as the type it is widened to, refusing values that are not finite. */
  public NativeTensor read(String name, Arena arena) {
    return read(name, type(name), NonFinite.REFUSED, arena);
  }

  /** Reads a tensor as another type, refusing values that are not finite. */
  public NativeTensor read(String name, ElementType type, Arena arena) {
    return read(name, type, NonFinite.REFUSED, arena);
  }

  /**
   * Reads a tensor into memory of its own.
   *
   * @param type F32 or F64 for a tensor of any type, rounded where it must be; I64 for one of
   *     integers
   * @throws WeightsException if there is no such tensor, if it is to be integers and is not, or if
   *     it has a value that is not finite (also after rounding) and none is allowed
   */
  public NativeTensor read(String name, ElementType type, NonFinite nonFinite, Arena arena) {
    NativeTensor tensor = NativeTensor.allocate(arena, type, stored(name).shape());
    readInto(name, tensor, nonFinite);
    return tensor;
  }

  /** Reads a tensor into memory that is there; the shapes must be equal. Else as {@link #read}. */
  public void readInto(String name, NativeTensor target, NonFinite nonFinite) {
    StoredTensor stored = stored(name);
    TensorReader reader = new TensorReader(path, stored, data);
    reader.read(target);
    if (nonFinite == NonFinite.REFUSED) {
      reader.checkFinite(target);
    }
  }

  private StoredTensor stored(String name) {
    StoredTensor stored = header.tensors().get(name);
    if (stored == null) {
      throw new WeightsException(
          path,
          "it has no tensor \""
              + name
              + "\" among its "
              + names().size()
              + " ("
              + names().stream().limit(4).collect(Collectors.joining(", "))
              + (names().size() > 4 ? ", ...)" : ")")
              + "; check the name");
    }
    return stored;
  }

  /** Unmaps the file. Tensors read from it stay. */
  @Override
  public void close() {
    arena.close();
  }
}
