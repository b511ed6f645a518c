package dev.retain.runtime.training.data;

import dev.retain.runtime.training.TrainingException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The tokens of documents, one document after the other, in native memory. Immutable; parts share
 * the memory.
 */
public final class Corpus {
  private static final int HASHED_AT_ONCE = 1 << 20;

  private final TokenWidth width;
  private final MemorySegment tokens;
  private final long[] starts;

  /**
   * @param starts where documents begin, in rising order; the first is 0
   */
  Corpus(TokenWidth width, MemorySegment tokens, long[] starts) {
    this.width = width;
    this.tokens = tokens;
    this.starts = starts;
  }

  /** Tokens of all documents. */
  public long size() {
    return tokens.byteSize() / width.bytes();
  }

  public int documents() {
    return starts.length;
  }

  /** The token at a place from 0 to {@link #size}. */
  public int token(long index) {
    return width.get(tokens, index);
  }

  /** Where the first document at or after a place begins; {@link #size} if none does. */
  public long nextStart(long index) {
    int found = Arrays.binarySearch(starts, index);
    int next = found >= 0 ? found : -found - 1;
    return next < starts.length ? starts[next] : size();
  }

  /** How many tokens are predicted: all but the first of each document. */
  public long targets() {
    return size() - documents();
  }

  /**
   * Where the text begins that is held out when a share of it is.
   *
   * @param fraction of all tokens, from 0 to below 1
   */
  public long startOfLast(double fraction) {
    return size() - (long) (fraction * size());
  }

  /** The documents between two places; those at its ends may be parts of documents. */
  public Corpus part(long from, long to) {
    long[] inside =
        Arrays.stream(starts)
            .filter(start -> start > from && start < to)
            .map(start -> start - from)
            .toArray();
    long[] all = new long[from < to ? inside.length + 1 : 0];
    System.arraycopy(inside, 0, all, all.length - inside.length, inside.length);
    MemorySegment shared = tokens.asSlice(from * width.bytes(), (to - from) * width.bytes());
    return new Corpus(width, shared, all);
  }

  /** The largest token; -1 if there is none. */
  public int largest() {
    int largest = -1;
    for (long i = 0; i < size(); i++) {
      largest = Math.max(largest, token(i));
    }
    return largest;
  }

  /**
   * Refuses tokens that a model does not know.
   *
   * @param vocabulary of the model
   */
  public void requireIn(int vocabulary) {
    int largest = largest();
    if (largest >= vocabulary) {
      throw new TrainingException(
          "the data has the token %d, and the model's vocabulary is 0 to %d; train a larger one: --set vocab=%d"
              .formatted(largest, vocabulary - 1, largest + 1));
    }
  }

  /** A fingerprint (SHA-256) of the tokens and of where documents begin. */
  public String hash() {
    MessageDigest digest = sha256();
    digest.update((byte) width.bytes());
    for (long from = 0; from < tokens.byteSize(); from += HASHED_AT_ONCE) {
      long count = Math.min(HASHED_AT_ONCE, tokens.byteSize() - from);
      digest.update(tokens.asSlice(from, count).asByteBuffer());
    }
    ByteBuffer places = ByteBuffer.allocate(Math.multiplyExact(starts.length, Long.BYTES));
    places.asLongBuffer().put(starts);
    digest.update(places);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
