package dev.retain.compiler.proof;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.files.AtomicFile;
import dev.retain.runtime.files.UserCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Verdicts that were found before, so that an unchanged claim is not decided again. An entry is a
 * small text file, named by a digest of all that the claim is made of; one that is damaged, or that
 * cannot be written, is as good as none. For one thread.
 */
public final class ProofCache {
  /** To be changed with the prover: verdicts of another one do not count. */
  private static final String HEADER = "retain verdict 2\n";

  private static final String DIGEST = "digest ";

  private final Optional<Path> folder;
  private final Map<String, Verdict> known = new HashMap<>();

  private ProofCache(Optional<Path> folder) {
    this.folder = folder;
  }

  /** Decides everything anew. */
  public static ProofCache none() {
    return new ProofCache(Optional.empty());
  }

  public static ProofCache in(Path folder) {
    return new ProofCache(Optional.of(folder));
  }

  /** The one of this user. */
  public static ProofCache ofUser() {
    return in(UserCache.folder("proofs"));
  }

  /** The verdict that is known, or what is found now. */
  Verdict verdict(Claim claim, Supplier<Verdict> prover) {
    String digest = Digest.of(HEADER + Digest.text(claim));
    Verdict verdict = known.get(digest);
    if (verdict == null) {
      verdict = folder.map(path -> verdict(path.resolve(digest), prover)).orElseGet(prover);
      known.put(digest, verdict);
    }
    return verdict;
  }

  private static Verdict verdict(Path entry, Supplier<Verdict> prover) {
    return read(entry)
        .orElseGet(() -> {
          Verdict verdict = prover.get();
          write(entry, HEADER + VerdictText.of(verdict));
          return verdict;
        });
  }

  private static Optional<Verdict> read(Path entry) {
    try {
      if (!Files.exists(entry)) {
        return Optional.empty();
      }
      String text = Files.readString(entry);
      String content = text.substring(0, Math.max(0, text.lastIndexOf(DIGEST)));
      return text.equals(content + end(content)) && content.startsWith(HEADER)
          ? Optional.of(VerdictText.read(content.substring(HEADER.length())))
          : Optional.empty();
    } catch (IOException | RuntimeException damaged) {
      return Optional.empty();
    }
  }

  private static String end(String content) {
    return DIGEST + Digest.of(content) + "\n";
  }

  private static void write(Path entry, String content) {
    try {
      Files.createDirectories(entry.getParent());
      ByteBuffer bytes = ByteBuffer.wrap((content + end(content)).getBytes(StandardCharsets.UTF_8));
      AtomicFile.write(
          entry,
          channel -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    } catch (IOException | RetainException noCache) {
      // The verdict stands all the same.
    }
  }
}
