package dev.retain.runtime.program;

import dev.retain.runtime.memory.ElementType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes descriptions from the fields that {@link JsonWriter} wrote. */
final class JsonReader {
  private JsonReader() {}

  static ModelDescription model(JsonFields fields) {
    int format = fields.has("format") ? fields.small("format") : 0;
    if (format != ModelDescription.FORMAT) {
      throw new IllegalArgumentException(
          "it has the format version "
              + format
              + ", and this runtime reads version "
              + ModelDescription.FORMAT
              + "; compile the model again, or use the runtime it was compiled for");
    }
    JsonFields set = fields.object("hyperparameters");
    Map<String, String> hyperparameters = new LinkedHashMap<>();
    set.values().keySet().forEach(name -> hyperparameters.put(name, set.text(name)));
    JsonFields counted = fields.object("statistics");
    Map<String, Long> statistics = new LinkedHashMap<>();
    counted.values().keySet().forEach(name -> statistics.put(name, counted.whole(name)));
    return new ModelDescription(
        format,
        fields.text("name"),
        fields.text("source"),
        fields.choice("real", ElementType.class),
        hyperparameters,
        fields.objects("parameters", JsonReader::parameter),
        fields.objects("constants", JsonReader::constant),
        fields.objects("states", JsonReader::state),
        fields.small("vocabulary"),
        fields.objects("programs", JsonReader::program),
        fields.texts("equivalences"),
        statistics,
        fields.text("compiler"),
        fields.has("seed") ? OptionalLong.of(fields.whole("seed")) : OptionalLong.empty(),
        fields.has("chunk") ? fields.small("chunk") : ModelDescription.USUAL_CHUNK,
        fields.has("tuning") ? Optional.of(fields.text("tuning")) : Optional.empty());
  }

  private static ParameterDescription parameter(JsonFields fields) {
    return new ParameterDescription(
        fields.text("path"),
        fields.wholes("shape"),
        fields.texts("axes"),
        initial(fields.object("initial")),
        fields.has("storage") ? storage(fields.object("storage")) : new Storage.Real());
  }

  private static Storage storage(JsonFields fields) {
    return switch (fields.text("kind")) {
      case "real" -> new Storage.Real(fields.small("rows"));
      case "bfloat16" -> new Storage.Bfloat16(fields.small("rows"));
      case "int8" ->
          new Storage.Int8(
              fields.wholes("scaled").stream().map(Math::toIntExact).toList(),
              fields.small("rows"));
      case String kind -> throw new IllegalArgumentException("unknown storage '" + kind + "'");
    };
  }

  private static Initial initial(JsonFields fields) {
    return switch (fields.text("kind")) {
      case "uniform" -> new Initial.Uniform(fields.number("bound"));
      case "normal" -> new Initial.Normal(fields.number("deviation"));
      case "fill" -> new Initial.Fill(fields.number("value"));
      case "listed" -> new Initial.Listed(fields.numbers("values"));
      case String kind ->
          throw new IllegalArgumentException("unknown initial value '" + kind + "'");
    };
  }

  private static ConstantDescription constant(JsonFields fields) {
    return new ConstantDescription(
        fields.text("path"), fields.wholes("shape"), fields.texts("axes"));
  }

  private static StateDescription state(JsonFields fields) {
    return new StateDescription(
        fields.text("path"),
        fields.wholes("shape"),
        fields.texts("axes"),
        fields.number("initial"));
  }

  private static FormProgram program(JsonFields fields) {
    return new FormProgram(
        fields.text("name"),
        Form.of(fields.text("form")),
        fields.flag("ragged"),
        fields.objects("states", JsonReader::state),
        fields.objects("buffers", JsonReader::buffer),
        fields.objects("steps", JsonReader::step),
        fields.objects("slices", JsonReader::slices));
  }

  private static BufferDescription buffer(JsonFields fields) {
    JsonFields size = fields.object("size");
    return new BufferDescription(
        fields.text("name"),
        fields.choice("role", Role.class),
        fields.choice("type", ElementType.class),
        new Size(
            size.whole("factor"),
            size.small("batchPower"),
            size.small("timePower"),
            size.has("slice") ? size.small("slice") : 0),
        fields.small("firstStep"),
        fields.small("lastStep"));
  }

  private static StepDescription step(JsonFields fields) {
    return new StepDescription(
        fields.text("kernelClass"),
        fields.wholes("buffers").stream().map(Math::toIntExact).toList(),
        fields.choice("barrier", Barrier.class),
        fields.small("parts"),
        fields.flag("onShapeChange"),
        fields.text("label"));
  }

  private static Slices slices(JsonFields fields) {
    return new Slices(
        fields.small("firstStep"), fields.small("lastStep"), fields.small("positions"));
  }
}
