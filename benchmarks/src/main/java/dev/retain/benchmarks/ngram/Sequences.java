package dev.retain.benchmarks.ngram;

import dev.retain.runtime.training.data.Corpus;
import java.util.Arrays;

/**
 * The different byte sequences of one length, each with a count.
 *
 * @param bytes each sequence as a number, the last byte lowest, in unsigned order: those that
 *     differ in their last byte alone lie together
 */
record Sequences(int length, long[] bytes, int[] counts) {
  /** Those of a corpus, with how often they occur; none goes beyond a document. */
  static Sequences of(Corpus corpus, int length) {
    long[] all = new long[Math.toIntExact(corpus.size())];
    int count = 0;
    for (long start = 0; start < corpus.size(); ) {
      long end = corpus.nextStart(start + 1);
      long sequence = 0;
      for (long i = start; i < end; i++) {
        sequence = (sequence << Byte.SIZE | corpus.token(i)) & mask(length);
        if (i - start + 1 >= length) {
          all[count++] = sequence;
        }
      }
      start = end;
    }
    return counted(length, Arrays.copyOf(all, count));
  }

  /** Those that are shorter by a byte, with in how many ways each goes on to the left. */
  Sequences shorter(Corpus corpus) {
    long[] starts = starts(corpus, length - 1).bytes;
    long[] ends = Arrays.copyOf(bytes, bytes.length + starts.length);
    System.arraycopy(starts, 0, ends, bytes.length, starts.length);
    for (int i = 0; i < bytes.length; i++) {
      ends[i] &= mask(length - 1);
    }
    return counted(length - 1, ends);
  }

  /** What documents start with. */
  private static Sequences starts(Corpus corpus, int length) {
    long[] found = new long[corpus.documents()];
    int count = 0;
    for (long start = 0; start < corpus.size(); ) {
      long end = corpus.nextStart(start + 1);
      if (end - start >= length) {
        long sequence = 0;
        for (int i = 0; i < length; i++) {
          sequence = sequence << Byte.SIZE | corpus.token(start + i);
        }
        found[count++] = sequence;
      }
      start = end;
    }
    return counted(length, Arrays.copyOf(found, count));
  }

  private static Sequences counted(int length, long[] all) {
    sortUnsigned(all);
    int[] counts = new int[all.length];
    int last = -1;
    for (long sequence : all) {
      if (last < 0 || all[last] != sequence) {
        all[++last] = sequence;
      }
      counts[last]++;
    }
    return new Sequences(length, Arrays.copyOf(all, last + 1), Arrays.copyOf(counts, last + 1));
  }

  private static void sortUnsigned(long[] values) {
    Arrays.setAll(values, i -> values[i] ^ Long.MIN_VALUE);
    Arrays.parallelSort(values);
    Arrays.setAll(values, i -> values[i] ^ Long.MIN_VALUE);
  }

  /** The last bytes of a number. */
  static long mask(int bytes) {
    return bytes == Long.BYTES ? -1 : (1L << bytes * Byte.SIZE) - 1;
  }
}
