package dev.retain.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A graph with its inputs and outputs, which are in memory that stays. */
final class BoundGraph {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, ByteBuffer> buffers = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();

  BoundGraph(Graph graph) throws OrtException {
    this.session = environment.createSession(ModelBytes.of(graph), new OrtSession.SessionOptions());
    for (Map.Entry<String, Graph.Value> input : graph.inputs().entrySet()) {
      inputs.put(input.getKey(), tensor(input.getKey(), input.getValue()));
    }
    for (Map.Entry<String, Graph.Value> output : graph.outputs().entrySet()) {
      outputs.put(output.getKey(), tensor(output.getKey(), output.getValue()));
    }
  }

  private OnnxTensor tensor(String name, Graph.Value value) throws OrtException {
    int bytes = value.isWhole() ? Long.BYTES : Float.BYTES;
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Math.toIntExact(value.size() * bytes))
            .order(ByteOrder.nativeOrder());
    buffers.put(name, buffer);
    return value.isWhole()
        ? OnnxTensor.createTensor(environment, buffer.asLongBuffer(), value.shape())
        : OnnxTensor.createTensor(environment, buffer.asFloatBuffer(), value.shape());
  }

  /** Sets an input. */
  void write(String name, float[] values) {
    buffers.get(name).asFloatBuffer().put(values);
  }

  /** Sets an input of whole numbers. */
  void write(String name, long[] values) {
    buffers.get(name).asLongBuffer().put(values);
  }

  /** What is in an input or output. */
  float[] read(String name) {
    float[] values = new float[buffers.get(name).capacity() / Float.BYTES];
    buffers.get(name).asFloatBuffer().get(values);
    return values;
  }

  /** Gives an output's memory to an input, and the other way round. */
  void exchange(String input, String output) {
    OnnxTensor given = inputs.put(input, outputs.get(output));
    outputs.put(output, given);
    ByteBuffer buffer = buffers.put(input, buffers.get(output));
    buffers.put(output, buffer);
  }

  void run() throws OrtException {
    session.run(inputs, Set.of(), outputs).close();
  }
}
