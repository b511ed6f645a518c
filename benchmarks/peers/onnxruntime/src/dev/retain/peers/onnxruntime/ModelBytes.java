package dev.retain.peers.onnxruntime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model of one operator in ONNX's format, which is protocol buffers: each field is a tag, the
 * number of the field times 8 and how it is written, and then its content.
 */
final class ModelBytes {
  private static final int VERSION_OF_FORMAT = 10;
  private static final int FLOAT = 1;

  private static final int PLAIN = 0;
  private static final int LENGTH_FIRST = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /**
   * A model.
   *
   * @param domain whose operator it is; empty for ONNX's own
   * @param inputs shapes by name; those without a name in the model's graph are not given
   * @param operands names of the operator's inputs in its order; an empty one is left out
   * @param outputs shapes by name
   * @param attributes whole numbers, texts and fractions
   */
  static byte[] of(
      String operator,
      String domain,
      int version,
      List<String> operands,
      SequencedMap<String, long[]> inputs,
      SequencedMap<String, long[]> outputs,
      Map<String, Object> attributes) {
    ModelBytes node = new ModelBytes();
    operands.forEach(name -> node.text(1, name));
    outputs.keySet().forEach(name -> node.text(2, name));
    node.text(4, operator);
    attributes.forEach((name, value) -> node.message(5, attribute(name, value)));
    node.text(7, domain);

    ModelBytes graph = new ModelBytes();
    graph.message(1, node);
    graph.text(2, "graph");
    inputs.forEach((name, shape) -> graph.message(11, value(name, shape)));
    outputs.forEach((name, shape) -> graph.message(12, value(name, shape)));

    ModelBytes model = new ModelBytes();
    model.number(1, VERSION_OF_FORMAT);
    model.message(7, graph);
    model.message(8, operators("", 21));
    if (!domain.isEmpty()) {
      model.message(8, operators(domain, version));
    }
    return model.bytes.toByteArray();
  }

  private static ModelBytes operators(String domain, int version) {
    ModelBytes set = new ModelBytes();
    set.text(1, domain);
    set.number(2, version);
    return set;
  }

  private static ModelBytes attribute(String name, Object value) {
    ModelBytes attribute = new ModelBytes();
    attribute.text(1, name);
    switch (value) {
      case Float number -> {
        attribute.fraction(2, number);
        attribute.number(20, 1);
      }
      case Integer number -> {
        attribute.number(3, number);
        attribute.number(20, 2);
      }
      case String text -> {
        attribute.text(4, text);
        attribute.number(20, 3);
      }
      default -> throw new IllegalArgumentException("no attribute: " + value);
    }
    return attribute;
  }

  private static ModelBytes value(String name, long[] sizes) {
    ModelBytes shape = new ModelBytes();
    for (long size : sizes) {
      ModelBytes dimension = new ModelBytes();
      dimension.number(1, size);
      shape.message(1, dimension);
    }
    ModelBytes tensor = new ModelBytes();
    tensor.number(1, FLOAT);
    tensor.message(2, shape);
    ModelBytes type = new ModelBytes();
    type.message(1, tensor);
    ModelBytes value = new ModelBytes();
    value.text(1, name);
    value.message(2, type);
    return value;
  }

  private void number(int field, long value) {
    variable((long) field << 3 | PLAIN);
    variable(value);
  }

  private void fraction(int field, float value) {
    variable((long) field << 3 | FOUR_BYTES);
    byte[] four =
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
    bytes.writeBytes(four);
  }

  private void text(int field, String value) {
    block(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private void message(int field, ModelBytes value) {
    block(field, value.bytes.toByteArray());
  }

  private void block(int field, byte[] content) {
    variable((long) field << 3 | LENGTH_FIRST);
    variable(content.length);
    bytes.writeBytes(content);
  }

  /** Seven bits a byte, the lowest first. */
  private void variable(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
