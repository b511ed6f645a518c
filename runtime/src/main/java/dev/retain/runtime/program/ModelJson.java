package dev.retain.runtime.program;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
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
      JsonNode tree = MAPPER.readTree(json);
      int format = tree.path("format").asInt(0);
      if (format != ModelDescription.FORMAT) {
        throw new IllegalArgumentException(
            "it has the format version "
                + format
                + ", and this runtime reads version "
                + ModelDescription.FORMAT
                + "; compile the model again, or use the runtime it was compiled for");
      }
      return MAPPER.treeToValue(tree, ModelDescription.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }
}
