package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.TensorDescription;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsFile.NonFinite;
import dev.retain.runtime.weights.WeightsException;
import java.lang.foreign.Arena;

/**
 * Where and how one of the model's tensors is stored.
 *
 * @param name the foreign name
 * @param function leads from stored elements to own ones
 */
record StoredPlace(String name, Arrangement arrangement, ElementFunction function) {
  TensorDescription own() {
    return arrangement.own();
  }

  /** Reads the own tensor; the stored one is there and has the right shape. */
  NativeTensor read(SelectedTensors selected, ElementType type, Arena arena) {
    SafetensorsFile file = selected.file();
    String stored = selected.storedName(name);
    NativeTensor own = NativeTensor.allocate(arena, type, own().shapeAfter());
    if (function == ElementFunction.SAME && arrangement.isPlain()) {
      NativeTensor view = NativeTensor.over(own.segment(), type, file.shape(stored));
      file.readInto(stored, view, NonFinite.REFUSED);
      return own;
    }
    try (Arena temporary = Arena.ofConfined()) {
      ElementType exact = function == ElementFunction.SAME ? type : ElementType.F64;
      NativeTensor source = file.read(stored, exact, temporary);
      NativeTensor arranged =
          exact == type ? own : NativeTensor.allocate(temporary, exact, own().shapeAfter());
      arrangement.toOwn(source, arranged);
      checkRepeats(selected, source, arranged, temporary);
      function
          .applyTo(arranged)
          .ifPresent(_ -> {
            throw wrong(selected, "one of its elements has no finite " + function + "; check it");
          });
      if (arranged != own) {
        own.copyFrom(arranged);
      }
    }
    return own;
  }

  private void checkRepeats(
      SelectedTensors selected, NativeTensor source, NativeTensor arranged, Arena temporary) {
    if (!arrangement.axes().hasRepeats()) {
      return;
    }
    NativeTensor again = NativeTensor.allocate(temporary, source.type(), source.shape());
    arrangement.toStored(arranged, again);
    if (source.segment().mismatch(again.segment()) != -1) {
      throw wrong(
          selected,
          "expected each element repeated as in "
              + arrangement.describe()
              + ", found elements that differ; "
              + own().path()
              + " cannot be read from it");
    }
  }

  private WeightsException wrong(SelectedTensors selected, String problem) {
    return new WeightsException(
        selected.path(), "tensor \"" + selected.storedName(name) + "\": " + problem);
  }

  /**
   * The tensor to be stored, of the same type.
   *
   * @throws ArithmeticException if an element has no finite stored value
   */
  NativeTensor write(NativeTensor tensor, Arena arena) {
    NativeTensor stored = NativeTensor.allocate(arena, tensor.type(), arrangement.storedShape());
    arrangement.toStored(tensor, stored);
    function
        .inverse()
        .applyTo(stored)
        .ifPresent(_ -> {
          throw new ArithmeticException("one of its elements has no finite " + function.inverse());
        });
    return stored;
  }
}
