package dev.retain.runtime.training.data;

import dev.retain.runtime.memory.AvailableMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Takes tokens one by one. */
public final class CorpusBuilder {
  private static final long FIRST_TOKENS = 1 << 16;
  private static final long CHECKED_FROM = 64L << 20;

  private final TokenWidth width;
  private MemorySegment tokens;
  private long size;
  private long[] starts = new long[16];
  private int documents;

  /**
   * @param vocabulary one more than the largest token
   */
  public CorpusBuilder(int vocabulary) {
    this.width = TokenWidth.of(vocabulary);
    this.tokens = allocate(FIRST_TOKENS * width.bytes());
  }

  /** The next tokens belong to another document; one without tokens is none. */
  public void startDocument() {
    if (documents > 0 && starts[documents - 1] == size) {
      return;
    }
    if (documents == starts.length) {
      starts = Arrays.copyOf(starts, 2 * documents);
    }
    starts[documents++] = size;
  }

  public void add(int token) {
    if (documents == 0) {
      startDocument();
    }
    if (size * width.bytes() == tokens.byteSize()) {
      MemorySegment larger = allocate(2 * tokens.byteSize());
      MemorySegment.copy(tokens, 0, larger, 0, tokens.byteSize());
      tokens = larger;
    }
    width.set(tokens, size++, token);
  }

  private MemorySegment allocate(long bytes) {
    if (bytes >= CHECKED_FROM) {
      AvailableMemory.require(bytes, "the training data");
    }
    return Arena.ofAuto().allocate(bytes, Long.BYTES);
  }

  public Corpus build() {
    boolean lastIsEmpty = documents > 0 && starts[documents - 1] == size;
    return new Corpus(
        width,
        tokens.asSlice(0, size * width.bytes()).asReadOnly(),
        Arrays.copyOf(starts, lastIsEmpty ? documents - 1 : documents));
  }
}
