package dev.retain.peers.onnxruntime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A graph of operators in the making; each puts its result under a name of its own. */
final class Graph {
  /** The domain of ONNX Runtime's own operators. */
  static final String MICROSOFT = "com.microsoft";

  private static final String ONNX = "";

  private final List<Node> nodes = new ArrayList<>();
  private final SequencedMap<String, Constant> constants = new LinkedHashMap<>();
  private final SequencedMap<String, Value> inputs = new LinkedHashMap<>();
  private final SequencedMap<String, Value> outputs = new LinkedHashMap<>();

  /**
   * An operator.
   *
   * @param inputs names; an empty one is left out
   * @param attributes whole numbers, texts and fractions
   */
  record Node(
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Object> attributes) {}

  /** What is given or comes out: whole numbers (int64), or float32. */
  record Value(long[] shape, boolean isWhole) {
    long size() {
      long size = 1;
      for (long one : shape) {
        size *= one;
      }
      return size;
    }
  }

  /** What is always the same. */
  record Constant(long[] shape, boolean isWhole, byte[] bytes) {}

  List<Node> nodes() {
    return nodes;
  }

  SequencedMap<String, Constant> constants() {
    return constants;
  }

  SequencedMap<String, Value> inputs() {
    return inputs;
  }

  SequencedMap<String, Value> outputs() {
    return outputs;
  }

  /** Something that is given, float32. */
  String input(String name, long... shape) {
    inputs.put(name, new Value(shape, false));
    return name;
  }

  /** Whole numbers that are given. */
  String wholeInput(String name, long... shape) {
    inputs.put(name, new Value(shape, true));
    return name;
  }

  /** Says that a result comes out. */
  void output(String name, long... shape) {
    outputs.put(name, new Value(shape, false));
  }

  String constant(String name, float[] values, long... shape) {
    ByteBuffer bytes = bytes(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    constants.put(name, new Constant(shape, false, bytes.array()));
    return name;
  }

  /** A list of whole numbers. */
  String constant(String name, long... values) {
    ByteBuffer bytes = bytes(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    constants.put(name, new Constant(new long[] {values.length}, true, bytes.array()));
    return name;
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** One of ONNX's operators; its result. */
  String add(String operator, Map<String, Object> attributes, String... operands) {
    String result = operator + nodes.size();
    nodes.add(new Node(ONNX, operator, List.of(operands), List.of(result), attributes));
    return result;
  }

  /** The same without attributes. */
  String add(String operator, String... operands) {
    return add(operator, Map.of(), operands);
  }

  /** One of ONNX Runtime's own, with results of the given names. */
  void addOwn(
      String operator,
      List<String> operands,
      List<String> results,
      Map<String, Object> attributes) {
    nodes.add(new Node(MICROSOFT, operator, operands, results, attributes));
  }
}
