package dev.retain.runtime.program;

import dev.retain.runtime.RetainException;

/**
 * Descriptions as JSON text, and back. Written out by hand, since a library that looks at classes
 * needs half a second for it whenever a command starts.
 */
public final class ModelJson {
  private ModelJson() {}

  /** The same text for equal descriptions. */
  public static byte[] write(ModelDescription model) {
    return JsonWriter.write(model);
  }

  /**
   * The description that was written.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with the text
   */
  public static ModelDescription read(byte[] json) {
    try {
      return JsonReader.model(JsonFields.parse("the model", json));
    } catch (ArithmeticException | RetainException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
