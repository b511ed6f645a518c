package dev.retain.cli.demo;

import dev.retain.runtime.files.FileException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The English part of a corpus of parliamentary debates in eleven languages: gzip, a line for each
 * piece of a speech, with title, date and text between tabs.
 */
final class Corpus {
  private static final int TEXT = 2;

  // Measured: of the words of an English piece at least a tenth are these, of others at most 7 %.
  private static final Set<String> FREQUENT = Set.of("the", "of", "and", "that", "is", "to");
  private static final double ENGLISH = 0.08;

  private Corpus() {}

  /** English text, a line for each piece, of at least so many bytes of UTF-8 if there are. */
  static String english(Path file, int bytes) {
    StringBuilder text = new StringBuilder();
    try (InputStream zipped = Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(zipped), StandardCharsets.UTF_8))) {
      int size = 0;
      for (String line = lines.readLine(); line != null && size < bytes; line = lines.readLine()) {
        String piece = line.split("\t")[TEXT].strip();
        if (isEnglish(piece)) {
          text.append(piece).append('\n');
          size += piece.getBytes(StandardCharsets.UTF_8).length + 1;
        }
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    return text.toString();
  }

  static boolean isEnglish(String text) {
    String[] words = text.split("\\s+");
    long frequent = Arrays.stream(words).filter(FREQUENT::contains).count();
    return frequent >= ENGLISH * words.length;
  }
}
