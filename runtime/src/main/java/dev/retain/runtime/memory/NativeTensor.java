package dev.retain.runtime.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense row-major tensor in native memory. It owns nothing: the memory lives as long as the arena
 * it was taken from. Tensors have no names, and no views except those of {@link #over}.
 */
public final class NativeTensor {
  /** Bytes every allocated tensor is aligned to: one line of cache, and the widest vector. */
  public static final int ALIGNMENT = 64;

  /** Below this, asking the system how much memory there is costs more than it tells. */
  private static final long CHECKED_FROM = 64L << 20;

  private final ElementType type;
  private final long[] shape;
  private final long size;
  private final MemorySegment segment;

  private NativeTensor(ElementType type, long[] shape, MemorySegment segment) {
    this.type = type;
    this.shape = shape.clone();
    this.size = size(shape);
    this.segment = segment;
  }

  /**
   * A tensor of zeros, aligned to {@link #ALIGNMENT} bytes. An empty shape is a scalar; a dimension
   * may be 0.
   *
   * @throws MemoryException if it does not fit into the machine's memory, or into what the JVM may
   *     take beside its heap
   */
  public static NativeTensor allocate(Arena arena, ElementType type, long... shape) {
    long bytes = byteSize(type, shape);
    if (bytes >= CHECKED_FROM) {
      AvailableMemory.require(bytes, "a tensor " + describe(type, shape));
    }
    return new NativeTensor(type, shape, allocate(arena, type, bytes, shape));
  }

  private static MemorySegment allocate(Arena arena, ElementType type, long bytes, long[] shape) {
    try {
      return arena.allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw new MemoryException(
          "a tensor "
              + describe(type, shape)
              + " needs "
              + AvailableMemory.show(bytes)
              + " of native memory, but this JVM may not take so much ("
              + e.getMessage()
              + "); start it with a larger -XX:MaxDirectMemorySize=");
    }
  }

  /**
   * A tensor on memory that exists already, such as a part of a larger plan; the bytes are shared.
   *
   * @param segment native memory of exactly {@link #byteSize(ElementType, long...)} bytes, aligned
   *     to one element
   */
  public static NativeTensor over(MemorySegment segment, ElementType type, long... shape) {
    long bytes = byteSize(type, shape);
    if (!segment.isNative() || segment.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "a tensor " + describe(type, shape) + " needs " + bytes + " native bytes: " + segment);
    }
    if (segment.address() % type.bytes() != 0) {
      throw new IllegalArgumentException("not aligned to an element of " + type + ": " + segment);
    }
    return new NativeTensor(type, shape, segment);
  }

  /**
   * The tensor of an array of ND4J (FLOAT, DOUBLE or INT64). It is on the array's own memory, at
   * its offset, when the array is dense in 'c' order; writes through either are then seen in the
   * other, and the array stays alive as long as the segment is reachable, but must not be closed.
   * Otherwise (a transposed or strided view, an empty array, one that lives in a workspace) the
   * tensor is a copy, kept until it is no longer reachable. Shared memory is aligned to an element,
   * not to {@link #ALIGNMENT}.
   */
  public static NativeTensor of(INDArray array) {
    return Nd4jBridge.tensor(array);
  }

  /**
   * An array of ND4J on the same memory, in 'c' order, without a copy: writes through either are
   * seen in the other. The array keeps the segment reachable, so memory of {@link Arena#ofAuto()}
   * lives as long as the array or any view of it; after another arena is closed the array must not
   * be touched. Closing the array does not free the memory. The first call in a JVM starts ND4J
   * (0.5 to 2 seconds).
   */
  public INDArray array() {
    return Nd4jBridge.array(this);
  }

  public ElementType type() {
    return type;
  }

  /** The dimensions, outermost first; empty for a scalar. A copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long size() {
    return size;
  }

  /** The memory, exactly {@code size() * type().bytes()} bytes. */
  public MemorySegment segment() {
    return segment;
  }

  /** The address of the first element, valid while the segment's arena is. */
  public long address() {
    return segment.address();
  }

  /** The element at a row-major position, as a double (an I64 beyond 2^53 is rounded). */
  public double getDouble(long flat) {
    return switch (type) {
      case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, flat);
      case F64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, flat);
      case I64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, flat);
      case BF16 -> Bfloat16.widened(segment.getAtIndex(ValueLayout.JAVA_SHORT, flat));
      case I8 -> segment.getAtIndex(ValueLayout.JAVA_BYTE, flat);
    };
  }

  /** Sets the element at a row-major position, rounded to this tensor's type. */
  public void setDouble(long flat, double value) {
    switch (type) {
      case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, flat, (float) value);
      case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, flat, value);
      case I64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, flat, (long) value);
      case BF16 ->
          segment.setAtIndex(ValueLayout.JAVA_SHORT, flat, Bfloat16.rounded((float) value));
      case I8 -> segment.setAtIndex(ValueLayout.JAVA_BYTE, flat, (byte) value);
    }
  }

  /** Sets every element, rounded to this tensor's type. */
  public void fill(double value) {
    for (long i = 0; i < size; i++) {
      setDouble(i, value);
    }
  }

  /** The same elements in memory of their own. */
  public NativeTensor copyOf(Arena arena) {
    NativeTensor copy = allocate(arena, type, shape);
    copy.copyFrom(this);
    return copy;
  }

  /** Takes over the elements of a tensor of the same shape, rounded where the types differ. */
  public void copyFrom(NativeTensor source) {
    if (!Arrays.equals(shape, source.shape)) {
      throw new IllegalArgumentException("cannot copy " + source + " into " + this);
    }
    if (type == source.type) {
      segment.copyFrom(source.segment);
      return;
    }
    for (long i = 0; i < size; i++) {
      setDouble(i, source.getDouble(i));
    }
  }

  /** Bytes of a tensor; a size that no machine can address is a {@link MemoryException}. */
  public static long byteSize(ElementType type, long... shape) {
    try {
      return Math.multiplyExact(size(shape), type.bytes());
    } catch (ArithmeticException e) {
      throw new MemoryException(
          "a tensor "
              + describe(type, shape)
              + " needs more than 8 EiB of memory, and "
              + AvailableMemory.show(AvailableMemory.bytes())
              + " are available; use smaller dimensions");
    }
  }

  private static long size(long[] shape) {
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension: " + Arrays.toString(shape));
      }
    }
    // Zeros first, so that an empty tensor does not overflow on its other dimensions.
    if (Arrays.stream(shape).anyMatch(dimension -> dimension == 0)) {
      return 0;
    }
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static String describe(ElementType type, long[] shape) {
    return type + Arrays.toString(shape);
  }

  /** Type and shape, such as {@code F32[2, 3]}. */
  @Override
  public String toString() {
    return describe(type, shape);
  }
}
