package dev.retain.cli.run;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.text.Utf8File;
import java.nio.file.Path;

/**
 * A text as windows of tokens, one after the other. Each knows the token after its last one, which
 * is the first of the next window; the last token of the text is only predicted, never read.
 */
final class TextWindows implements AutoCloseable {
  private final Path path;
  private final Utf8File file;
  private final int vocabulary;
  private final int[] tokens;
  private final int[][] inputs;
  private long start;
  private int count;

  /**
   * @param length tokens of a window, at least 1
   */
  TextWindows(Path path, int length, int vocabulary) {
    this.path = path;
    this.file = Utf8File.open(path);
    this.vocabulary = vocabulary;
    this.tokens = new int[(int) Math.min(length, Math.max(1, file.size())) + 1];
    this.inputs = new int[][] {new int[tokens.length - 1]};
  }

  /** Tokens of the text that are predicted: all but the first. */
  long predicted() {
    return Math.max(0, file.size() - 1);
  }

  /**
   * Goes to the next window.
   *
   * @return false at the end of the text
   */
  boolean advance() {
    int known = 0;
    if (count > 0) {
      tokens[0] = tokens[count];
      known = 1;
      start += count;
    }
    int read = file.read(tokens, known, tokens.length - known);
    check(known, read);
    count = Math.max(0, known + read - 1);
    return count > 0;
  }

  private void check(int from, int read) {
    for (int i = from; i < from + read; i++) {
      if (tokens[i] >= vocabulary) {
        throw new RetainException(
            path
                + ": the byte "
                + tokens[i]
                + " at offset "
                + (start + i)
                + " is no token of the model, whose vocabulary is 0 to "
                + (vocabulary - 1)
                + "; text of any kind needs one of 256: compile with --set vocab=256");
      }
    }
  }

  /** The tokens of this window, as a batch of one; valid until the next. */
  int[][] inputs() {
    if (count < inputs[0].length) {
      inputs[0] = new int[count];
    }
    System.arraycopy(tokens, 0, inputs[0], 0, count);
    return inputs;
  }

  /** The same and the one after them. */
  int[] tokens() {
    return tokens;
  }

  @Override
  public void close() {
    file.close();
  }
}
