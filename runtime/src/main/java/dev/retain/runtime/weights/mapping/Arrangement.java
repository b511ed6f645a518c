package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.weights.mapping.StoredAxes.Axis;
import dev.retain.runtime.weights.mapping.StoredAxes.Part;
import dev.retain.runtime.weights.mapping.StoredAxes.Repeat;
import java.util.List;

/** How the elements of one of the model's tensors lie in the stored one; names the same axes. */
record Arrangement(StoredAxes axes, TensorDescription own) {
  long[] storedShape() {
    return axes.groups().stream()
        .mapToLong(group -> group.stream().mapToLong(this::size).reduce(1, Math::multiplyExact))
        .toArray();
  }

  /** Whether the stored elements are the own ones in the same order. */
  boolean isPlain() {
    return !axes.hasRepeats() && StridedCopy.isPlain(own.shapeAfter(), stepsInStored());
  }

  /** Fills the own tensor; of repeated elements the first counts. */
  void toOwn(NativeTensor stored, NativeTensor target) {
    StridedCopy.copy(stored, target, own.shapeAfter(), stepsInStored());
  }

  void toStored(NativeTensor source, NativeTensor stored) {
    StridedCopy.copy(source, stored, partSizes(), stepsInOwn());
  }

  /** The stored axes with their sizes, such as {@code (head=4 K=8) d=32}. */
  String describe() {
    return axes.describe(part ->
        switch (part) {
          case Axis(String name) -> name + "=" + size(part);
          case Repeat(long count) -> Long.toString(count);
        });
  }

  private long size(Part part) {
    return switch (part) {
      case Axis(String name) -> own.shape().get(own.axes().indexOf(name));
      case Repeat(long count) -> count;
    };
  }

  private long[] partSizes() {
    return axes.parts().stream().mapToLong(this::size).toArray();
  }

  /** For each own axis, its step in the stored tensor. */
  private long[] stepsInStored() {
    List<Part> parts = axes.parts();
    long[] steps = denseSteps(partSizes());
    return own.axes().stream().mapToLong(axis -> steps[parts.indexOf(new Axis(axis))]).toArray();
  }

  /** For each stored part, its step in the own tensor; 0 where it repeats. */
  private long[] stepsInOwn() {
    long[] steps = denseSteps(own.shapeAfter());
    return axes.parts().stream()
        .mapToLong(part ->
            switch (part) {
              case Axis(String axis) -> steps[own.axes().indexOf(axis)];
              case Repeat _ -> 0;
            })
        .toArray();
  }

  private static long[] denseSteps(long[] sizes) {
    long[] steps = new long[sizes.length];
    long step = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      steps[axis] = step;
      step *= sizes[axis];
    }
    return steps;
  }
}
