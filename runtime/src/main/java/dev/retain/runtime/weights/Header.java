package dev.retain.runtime.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The header of a file, checked against the bytes that follow it: every tensor has the size its
 * type and shape ask for, and the tensors fill the data without holes or overlaps.
 */
record Header(SequencedMap<String, StoredTensor> tensors, Map<String, String> metadata) {
  /**
   * @param dataSize bytes that follow the header
   */
  void check(Path file, long dataSize) {
    List<StoredTensor> inOrder = new ArrayList<>(tensors.values());
    inOrder.forEach(tensor -> checkSize(file, tensor));
    inOrder.sort(
        Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
    long end = 0;
    String before = "the header";
    for (StoredTensor tensor : inOrder) {
      checkPlace(file, tensor, before, end, dataSize);
      end = tensor.end();
      before = "tensor \"" + tensor.name() + "\"";
    }
    if (end != dataSize) {
      throw new WeightsException(
          file,
          "the data has "
              + dataSize
              + " bytes, but the tensors end after "
              + end
              + ": the last "
              + (dataSize - end)
              + " bytes belong to no tensor; write or copy the file again");
    }
  }

  private static void checkSize(Path file, StoredTensor tensor) {
    long expected;
    try {
      expected = Math.multiplyExact(tensor.size(), tensor.type().bytes());
    } catch (ArithmeticException e) {
      throw wrong(
          file, tensor, "its shape " + tensor.describe() + " is larger than any file can be");
    }
    if (tensor.begin() > tensor.end()) {
      throw wrong(file, tensor, "it ends before it begins: " + offsets(tensor));
    }
    long found = tensor.end() - tensor.begin();
    if (found != expected) {
      throw wrong(
          file,
          tensor,
          tensor.describe() + " needs " + expected + " bytes, but its data_offsets give " + found);
    }
  }

  private static void checkPlace(
      Path file, StoredTensor tensor, String before, long end, long dataSize) {
    if (tensor.end() > dataSize) {
      throw wrong(
          file,
          tensor,
          "its data ends at byte "
              + tensor.end()
              + ", but the file has only "
              + dataSize
              + " bytes of data; it is truncated or its offsets are wrong");
    }
    if (tensor.begin() < end) {
      throw wrong(file, tensor, "its data " + offsets(tensor) + " overlaps that of " + before);
    }
    if (tensor.begin() > end) {
      throw wrong(
          file,
          tensor,
          "there is a hole of "
              + (tensor.begin() - end)
              + " bytes between it and "
              + before
              + "; the format allows none");
    }
  }

  private static String offsets(StoredTensor tensor) {
    return "[" + tensor.begin() + ", " + tensor.end() + ")";
  }

  private static WeightsException wrong(Path file, StoredTensor tensor, String problem) {
    return new WeightsException(
        file,
        "tensor \""
            + tensor.name()
            + "\": "
            + problem
            + "; the file is damaged, write or copy it again");
  }
}
