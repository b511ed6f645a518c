package dev.retain.runtime.weights;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** Copies one tensor of a file into native memory, converting and checking its values. */
final class TensorReader {
  private final Path file;
  private final StoredTensor stored;
  private final MemorySegment source;

  TensorReader(Path file, StoredTensor stored, MemorySegment data) {
    this.file = file;
    this.stored = stored;
    this.source = data.asSlice(stored.begin(), stored.end() - stored.begin());
  }

  void read(NativeTensor target) {
    if (!Arrays.equals(stored.shape(), target.shape())) {
      throw wrong("expected the shape of " + target + ", found " + stored.describe());
    }
    if (target.type() == ElementType.I64 && !stored.type().isInteger()) {
      throw wrong("expected integers, found " + stored.type() + "; store it as I64 or I32");
    }
    if (isSameType(target.type())) {
      target.segment().copyFrom(source);
    } else if (target.type() == ElementType.I64) {
      for (long i = 0; i < target.size(); i++) {
        target.segment().setAtIndex(ValueLayout.JAVA_LONG, i, stored.type().getLong(source, i));
      }
    } else {
      for (long i = 0; i < target.size(); i++) {
        target.setDouble(i, stored.type().getDouble(source, i));
      }
    }
  }

  void checkFinite(NativeTensor target) {
    for (long start = 0; start < target.size(); start += FiniteCheck.BLOCK) {
      int count = (int) Math.min(FiniteCheck.BLOCK, target.size() - start);
      if (!FiniteCheck.isFinite(target, start, count)) {
        throw notFinite(target, start);
      }
    }
  }

  private WeightsException notFinite(NativeTensor target, long start) {
    long index = start;
    while (Double.isFinite(target.getDouble(index))) {
      index++;
    }
    double found = stored.type().getDouble(source, index);
    String problem =
        Double.isFinite(found)
            ? found + " is too large for " + target.type() + "; use F64"
            : "expected finite values, found " + found + "; train or export the weights again";
    return wrong("element " + Arrays.toString(position(index)) + ": " + problem);
  }

  private long[] position(long flat) {
    long[] position = stored.shape().clone();
    long rest = flat;
    for (int axis = position.length - 1; axis >= 0; axis--) {
      position[axis] = rest % stored.shape()[axis];
      rest /= stored.shape()[axis];
    }
    return position;
  }

  private boolean isSameType(ElementType type) {
    return stored.type().bytes() == type.bytes()
        && stored.type().widened() == type
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  private WeightsException wrong(String problem) {
    return new WeightsException(file, "tensor \"" + stored.name() + "\": " + problem);
  }
}
