package dev.retain.runtime.program;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes descriptions as JSON, field by field in the order of the records. */
final class JsonWriter {
  private final JsonGenerator json;

  private JsonWriter(JsonGenerator json) {
    this.json = json;
  }

  static byte[] write(ModelDescription model) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      new JsonWriter(json).model(model);
    }
    return bytes.toByteArray();
  }

  private void model(ModelDescription model) {
    json.writeStartObject();
    json.writeNumberProperty("format", model.format());
    json.writeStringProperty("name", model.name());
    json.writeStringProperty("source", model.source());
    json.writeStringProperty("real", model.real().name());
    json.writeObjectPropertyStart("hyperparameters");
    model.hyperparameters().forEach(json::writeStringProperty);
    json.writeEndObject();
    list("parameters", model.parameters(), this::parameter);
    list("constants", model.constants(), this::tensor);
    list("states", model.states(), this::state);
    json.writeNumberProperty("vocabulary", model.vocabulary());
    list("programs", model.programs(), this::program);
    list("equivalences", model.equivalences(), json::writeString);
    json.writeObjectPropertyStart("statistics");
    model.statistics().forEach(json::writeNumberProperty);
    json.writeEndObject();
    json.writeStringProperty("compiler", model.compiler());
    model.seed().ifPresent(seed -> json.writeNumberProperty("seed", seed));
    json.writeNumberProperty("chunk", model.chunk());
    model.tuning().ifPresent(measured -> json.writeStringProperty("tuning", measured));
    json.writeEndObject();
  }

  private <T> void list(String name, List<T> elements, Consumer<T> writer) {
    json.writeArrayPropertyStart(name);
    elements.forEach(writer);
    json.writeEndArray();
  }

  private void parameter(ParameterDescription parameter) {
    startTensor(parameter);
    json.writeObjectPropertyStart("initial");
    switch (parameter.initial()) {
      case Initial.Uniform(double bound) -> {
        json.writeStringProperty("kind", "uniform");
        json.writeNumberProperty("bound", bound);
      }
      case Initial.Normal(double deviation) -> {
        json.writeStringProperty("kind", "normal");
        json.writeNumberProperty("deviation", deviation);
      }
      case Initial.Fill(double value) -> {
        json.writeStringProperty("kind", "fill");
        json.writeNumberProperty("value", value);
      }
      case Initial.Listed(List<Double> values) -> {
        json.writeStringProperty("kind", "listed");
        list("values", values, json::writeNumber);
      }
    }
    json.writeEndObject();
    storage(parameter.storage());
    json.writeEndObject();
  }

  private void storage(Storage storage) {
    switch (storage) {
      case Storage.Real(int rows) -> {
        if (rows > 0) {
          storage("real", rows);
        }
      }
      case Storage.Bfloat16(int rows) -> storage("bfloat16", rows);
      case Storage.Int8(List<Integer> scaled, int rows) -> {
        json.writeObjectPropertyStart("storage");
        json.writeStringProperty("kind", "int8");
        list("scaled", scaled, json::writeNumber);
        json.writeNumberProperty("rows", rows);
        json.writeEndObject();
      }
    }
  }

  private void storage(String kind, int rows) {
    json.writeObjectPropertyStart("storage");
    json.writeStringProperty("kind", kind);
    json.writeNumberProperty("rows", rows);
    json.writeEndObject();
  }

  private void tensor(TensorDescription tensor) {
    startTensor(tensor);
    json.writeEndObject();
  }

  private void state(StateDescription state) {
    startTensor(state);
    json.writeNumberProperty("initial", state.initial());
    json.writeEndObject();
  }

  private void startTensor(TensorDescription tensor) {
    json.writeStartObject();
    json.writeStringProperty("path", tensor.path());
    list("shape", tensor.shape(), json::writeNumber);
    list("axes", tensor.axes(), json::writeString);
  }

  private void program(FormProgram program) {
    json.writeStartObject();
    json.writeStringProperty("name", program.name());
    json.writeStringProperty("form", program.form().text());
    json.writeBooleanProperty("ragged", program.ragged());
    list("states", program.states(), this::state);
    list("buffers", program.buffers(), this::buffer);
    list("steps", program.steps(), this::step);
    list("slices", program.slices(), this::slices);
    json.writeEndObject();
  }

  private void buffer(BufferDescription buffer) {
    json.writeStartObject();
    json.writeStringProperty("name", buffer.name());
    json.writeStringProperty("role", buffer.role().name());
    json.writeStringProperty("type", buffer.type().name());
    json.writeObjectPropertyStart("size");
    json.writeNumberProperty("factor", buffer.size().factor());
    json.writeNumberProperty("batchPower", buffer.size().batchPower());
    json.writeNumberProperty("timePower", buffer.size().timePower());
    if (buffer.size().slice() > 0) {
      json.writeNumberProperty("slice", buffer.size().slice());
    }
    json.writeEndObject();
    json.writeNumberProperty("firstStep", buffer.firstStep());
    json.writeNumberProperty("lastStep", buffer.lastStep());
    json.writeEndObject();
  }

  private void step(StepDescription step) {
    json.writeStartObject();
    json.writeStringProperty("kernelClass", step.kernelClass());
    list("buffers", step.buffers(), json::writeNumber);
    json.writeStringProperty("barrier", step.barrier().name());
    json.writeNumberProperty("parts", step.parts());
    json.writeBooleanProperty("onShapeChange", step.onShapeChange());
    json.writeStringProperty("label", step.label());
    json.writeEndObject();
  }

  private void slices(Slices slices) {
    json.writeStartObject();
    json.writeNumberProperty("firstStep", slices.firstStep());
    json.writeNumberProperty("lastStep", slices.lastStep());
    json.writeNumberProperty("positions", slices.positions());
    json.writeEndObject();
  }
}
