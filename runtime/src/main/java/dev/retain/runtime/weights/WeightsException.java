package dev.retain.runtime.weights;

import dev.retain.runtime.RetainException;
import java.nio.file.Path;

/**
 * A file of weights that cannot be used. The message names the file and the tensor, says what was
 * expected and what was found, and what to do.
 */
public final class WeightsException extends RetainException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message everything after the file's name
   */
  public WeightsException(Path file, String message) {
    super(file + ": " + message);
  }
}
