package dev.retain.runtime.program;

import dev.retain.runtime.RetainException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A way to compute the same outputs and states; they differ in speed and in memory only. */
public enum Form {
  /** One step after the other: constant work and memory for each token. */
  RECURRENT,
  /** The whole call as one block: work grows with the square of its length. */
  PARALLEL,
  /** Blocks of a fixed length, parallel inside, with the state carried from one to the next. */
  CHUNKWISE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name that people write, such as {@code chunkwise}. */
  public String text() {
    return text;
  }

  /**
   * The form of that name.
   *
   * @throws RetainException naming the choices, if there is no such form
   */
  public static Form of(String text) {
    return Arrays.stream(values())
        .filter(form -> form.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new RetainException(
                "there is no form '"
                    + text
                    + "'; choose one of: "
                    + Arrays.stream(values()).map(Form::text).collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return text();
  }
}
