package dev.retain.runtime.program;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Descriptions as JSON text, and back. */
public final class ModelJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ModelJson() {}

  /** The same text for equal descriptions. */
  public static byte[] write(ModelDescription model) {
    return MAPPER.writeValueAsBytes(model);
  }

  /**
   * The description that was written.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with the text
   */
  public static ModelDescription read(byte[] json) {
    try {
      int format = format(json);
      if (format != ModelDescription.FORMAT) {
        throw new IllegalArgumentException(
            "it has the format version "
                + format
                + ", and this runtime reads version "
                + ModelDescription.FORMAT
                + "; compile the model again, or use the runtime it was compiled for");
      }
      return MAPPER.readValue(json, ModelDescription.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }

  /** The version, which is written first; 0 if it is not. */
  private static int format(byte[] json) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      parser.nextToken();
      return "format".equals(parser.nextName()) ? parser.nextIntValue(0) : 0;
    }
  }
}
