package dev.retain.runtime.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.bytedeco.javacpp.indexer.LongIndexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The only class that touches ND4J, so that loading any other does not start it. */
final class Nd4jBridge {
  private Nd4jBridge() {}

  static INDArray array(NativeTensor tensor) {
    long[] shape = tensor.shape();
    if (tensor.size() == 0) {
      return Nd4j.create(dataType(tensor.type()), shape);
    }
    return Nd4j.create(buffer(tensor), shape, rowMajorStrides(shape), 0, 'c');
  }

  static NativeTensor tensor(INDArray array) {
    if (array.wasClosed()) {
      throw new IllegalArgumentException("the array was closed; its memory is gone");
    }
    ElementType type = elementType(array.dataType());
    long[] shape = array.shape();
    if (array.isEmpty()) {
      return NativeTensor.allocate(Arena.ofAuto(), type, shape);
    }
    if (array.isAttached() || !isDenseRowMajor(array)) {
      return copy(array, type);
    }
    return NativeTensor.over(memory(array, type), type, shape);
  }

  private static NativeTensor copy(INDArray array, ElementType type) {
    NativeTensor copy = NativeTensor.allocate(Arena.ofAuto(), type, array.shape());
    copy.array().assign(array);
    return copy;
  }

  @SuppressWarnings("restricted") // the address is ND4J's own, the size is that of its array
  private static MemorySegment memory(INDArray array, ElementType type) {
    // data().address() is the start of the whole buffer, also for a view.
    long address = array.data().address() + array.offset() * type.bytes();
    return MemorySegment.ofAddress(address)
        .reinterpret(
            array.length() * type.bytes(),
            Arena.ofAuto(),
            ignored -> Reference.reachabilityFence(array));
  }

  private static boolean isDenseRowMajor(INDArray array) {
    long[] dense = rowMajorStrides(array.shape());
    for (int axis = 0; axis < dense.length; axis++) {
      if (array.size(axis) != 1 && array.stride(axis) != dense[axis]) {
        return false;
      }
    }
    return true;
  }

  private static long[] rowMajorStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  private static DataBuffer buffer(NativeTensor tensor) {
    return switch (tensor.type()) {
      case F32 -> {
        FloatPointer pointer = new Floats(tensor);
        yield buffer(tensor, pointer, FloatIndexer.create(pointer));
      }
      case F64 -> {
        DoublePointer pointer = new Doubles(tensor);
        yield buffer(tensor, pointer, DoubleIndexer.create(pointer));
      }
      case I64 -> {
        LongPointer pointer = new Longs(tensor);
        yield buffer(tensor, pointer, LongIndexer.create(pointer));
      }
      case BF16, I8 -> throw stored(tensor.type());
    };
  }

  private static DataBuffer buffer(NativeTensor tensor, Pointer pointer, Indexer indexer) {
    return Nd4j.createBuffer(pointer, dataType(tensor.type()), tensor.size(), indexer);
  }

  private static DataType dataType(ElementType type) {
    return switch (type) {
      case F32 -> DataType.FLOAT;
      case F64 -> DataType.DOUBLE;
      case I64 -> DataType.INT64;
      case BF16, I8 -> throw stored(type);
    };
  }

  private static IllegalArgumentException stored(ElementType type) {
    return new IllegalArgumentException(
        "an array of " + type + " is not to be had; widen the tensor to F32 first");
  }

  private static ElementType elementType(DataType type) {
    if (type == DataType.FLOAT) {
      return ElementType.F32;
    }
    if (type == DataType.DOUBLE) {
      return ElementType.F64;
    }
    if (type == DataType.INT64) {
      return ElementType.I64;
    }
    throw new IllegalArgumentException(
        "an array of " + type + " cannot be used; cast it first: castTo(DataType.FLOAT)");
  }

  // A pointer of ND4J's buffer that holds the segment: the arena lives as long as the array does.

  private static final class Floats extends FloatPointer {
    private final MemorySegment memory;

    Floats(NativeTensor tensor) {
      super((Pointer) null);
      memory = tensor.segment();
      address = memory.address();
      limit = tensor.size();
      capacity = tensor.size();
    }
  }

  private static final class Doubles extends DoublePointer {
    private final MemorySegment memory;

    Doubles(NativeTensor tensor) {
      super((Pointer) null);
      memory = tensor.segment();
      address = memory.address();
      limit = tensor.size();
      capacity = tensor.size();
    }
  }

  private static final class Longs extends LongPointer {
    private final MemorySegment memory;

    Longs(NativeTensor tensor) {
      super((Pointer) null);
      memory = tensor.segment();
      address = memory.address();
      limit = tensor.size();
      capacity = tensor.size();
    }
  }
}
