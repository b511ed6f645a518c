package dev.retain.peers.onnxruntime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A model in ONNX's format, which is protocol buffers: each field is a tag, the number of the field
 * times 8 and how it is written, and then its content.
 */
final class ModelBytes {
  private static final int VERSION_OF_FORMAT = 10;
  private static final int VERSION_OF_OPERATORS = 21;
  private static final int FLOAT = 1;
  private static final int LONG = 7;

  private static final int PLAIN = 0;
  private static final int LENGTH_FIRST = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** The whole model. */
  static byte[] of(Graph graph) {
    ModelBytes content = new ModelBytes();
    graph.nodes().forEach(node -> content.message(1, node(node)));
    content.text(2, "graph");
    graph.constants().forEach((name, constant) -> content.message(5, constant(name, constant)));
    graph.inputs().forEach((name, shape) -> content.message(11, value(name, shape)));
    graph.outputs().forEach((name, shape) -> content.message(12, value(name, shape)));
    ModelBytes model = new ModelBytes();
    model.number(1, VERSION_OF_FORMAT);
    model.message(7, content);
    model.message(8, operators("", VERSION_OF_OPERATORS));
    model.message(8, operators(Graph.MICROSOFT, 1));
    return model.bytes.toByteArray();
  }

  private static ModelBytes node(Graph.Node node) {
    ModelBytes bytes = new ModelBytes();
    node.inputs().forEach(name -> bytes.text(1, name));
    node.outputs().forEach(name -> bytes.text(2, name));
    bytes.text(4, node.operator());
    node.attributes().forEach((name, value) -> bytes.message(5, attribute(name, value)));
    bytes.text(7, node.domain());
    return bytes;
  }

  private static ModelBytes constant(String name, Graph.Constant constant) {
    ModelBytes tensor = new ModelBytes();
    for (long size : constant.shape()) {
      tensor.number(1, size);
    }
    tensor.number(2, type(constant.isWhole()));
    tensor.text(8, name);
    tensor.block(9, constant.bytes());
    return tensor;
  }

  private static int type(boolean isWhole) {
    return isWhole ? LONG : FLOAT;
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

  private static ModelBytes value(String name, Graph.Value described) {
    ModelBytes shape = new ModelBytes();
    for (long size : described.shape()) {
      ModelBytes dimension = new ModelBytes();
      dimension.number(1, size);
      shape.message(1, dimension);
    }
    ModelBytes tensor = new ModelBytes();
    tensor.number(1, type(described.isWhole()));
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
