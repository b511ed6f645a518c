package dev.retain.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retain.benchmarks.work.CoreInputs;
import dev.retain.benchmarks.work.Work;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** A model with its inputs and outputs, which are in memory that stays. */
final class GraphWork implements Work {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
  private final FloatBuffer output;

  /**
   * @param shapesOut the first is the one that samples are taken from
   */
  GraphWork(
      byte[] model,
      SequencedMap<String, float[]> values,
      SequencedMap<String, long[]> shapesIn,
      SequencedMap<String, long[]> shapesOut)
      throws OrtException {
    this.session = environment.createSession(model, new OrtSession.SessionOptions());
    for (Map.Entry<String, float[]> value : values.entrySet()) {
      FloatBuffer buffer = buffer(value.getValue().length);
      buffer.put(value.getValue()).rewind();
      inputs.put(value.getKey(), tensor(buffer, shapesIn.get(value.getKey())));
    }
    FloatBuffer first = null;
    for (Map.Entry<String, long[]> shape : shapesOut.entrySet()) {
      FloatBuffer buffer = buffer(Math.toIntExact(size(shape.getValue())));
      first = first == null ? buffer : first;
      outputs.put(shape.getKey(), tensor(buffer, shape.getValue()));
    }
    this.output = first;
  }

  private OnnxTensor tensor(FloatBuffer buffer, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, buffer, shape);
  }

  private static FloatBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long one : shape) {
      size *= one;
    }
    return size;
  }

  /** A product of matrices. */
  static GraphWork product(int size) throws OrtException {
    long[] shape = {size, size};
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    values.put("left", CoreInputs.matrix(size, 1));
    values.put("right", CoreInputs.matrix(size, 2));
    SequencedMap<String, long[]> in = new LinkedHashMap<>();
    values.keySet().forEach(name -> in.put(name, shape));
    SequencedMap<String, long[]> out = new LinkedHashMap<>();
    out.put("product", shape);
    byte[] model = ModelBytes.of("MatMul", "", 0, List.of("left", "right"), in, out, Map.of());
    return new GraphWork(model, values, in, out);
  }

  @Override
  public void run() throws OrtException {
    session.run(inputs, Set.of(), outputs).close();
  }

  @Override
  public double[] sample() {
    float[] result = new float[output.capacity()];
    output.get(0, result);
    return Work.samples(result);
  }
}
