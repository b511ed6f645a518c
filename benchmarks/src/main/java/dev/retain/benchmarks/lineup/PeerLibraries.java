package dev.retain.benchmarks.lineup;

import dev.retain.runtime.RetainException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Where the jars of peers are. Maven fetches them when a peer is first measured; nothing else needs
 * them.
 */
final class PeerLibraries {
  private static final int SHOWN_LINES = 5;

  private final Path benchmarks;
  private final PrintStream messages;

  /**
   * @param benchmarks the folder of this module
   * @param messages for what takes long
   */
  PeerLibraries(Path benchmarks, PrintStream messages) {
    this.benchmarks = benchmarks;
    this.messages = messages;
  }

  /**
   * The jars of a peer, and nothing of ours.
   *
   * @throws RetainException if they are not to be had
   */
  String classPath(Peer peer) {
    Path description = benchmarks.resolve("peers").resolve(peer.folder()).resolve("pom.xml");
    Path known = folder().resolve(peer.folder() + "-class-path.txt");
    try {
      if (!isCurrent(known, description)) {
        Files.createDirectories(folder());
        fetch(peer, description, known);
      }
      return Files.readString(known).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For class paths, and what libraries unpack. */
  Path folder() {
    return benchmarks.resolve("target/peers");
  }

  Path source(Peer peer) {
    return benchmarks.resolve("peers").resolve(peer.folder()).resolve("src").resolve(peer.main());
  }

  private static boolean isCurrent(Path known, Path description) throws IOException {
    return Files.exists(known)
        && Files.getLastModifiedTime(known).compareTo(Files.getLastModifiedTime(description)) > 0
        && Arrays.stream(Files.readString(known).strip().split(File.pathSeparator))
            .allMatch(jar -> Files.exists(Path.of(jar)));
  }

  private void fetch(Peer peer, Path description, Path known) throws IOException {
    messages.println(
        "Asking Maven for " + peer.meaning() + "; it fetches what it does not have yet.");
    Path log = folder().resolve(peer.folder() + "-maven.log");
    List<String> command =
        List.of(
            "mvn", "-B", "-q", "-f", description.toString(), "-Dclass-path=" + known, "validate");
    int code = run(command, log, peer);
    if (code != 0) {
      Files.deleteIfExists(known);
      String why =
          Files.readAllLines(log).stream()
              .filter(line -> line.startsWith("[ERROR]"))
              .limit(SHOWN_LINES)
              .reduce("", (a, b) -> a + "\n  " + b);
      throw new RetainException(
          peer.meaning() + " cannot be fetched; leave it out with --without-peers" + why);
    }
  }

  private static int run(List<String> command, Path log, Peer peer) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      return builder.start().waitFor();
    } catch (IOException noMaven) {
      throw new RetainException(
          peer.meaning()
              + " cannot be fetched without Maven (mvn) on the PATH; leave it out with"
              + " --without-peers",
          noMaven);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetainException("interrupted while Maven fetched " + peer.meaning(), e);
    }
  }
}
