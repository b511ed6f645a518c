package dev.retain.runtime.progress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person reads what this process writes. */
public enum Terminal {
  STANDARD_OUTPUT("/proc/self/fd/1"),
  STANDARD_ERROR("/proc/self/fd/2");

  private final Path descriptor;

  Terminal(String descriptor) {
    this.descriptor = Path.of(descriptor);
  }

  /** Whether the stream goes to a terminal. */
  public boolean isConnected() {
    // The console wants standard input to be a terminal, too; Linux tells it of each stream.
    if (!Files.isSymbolicLink(descriptor)) {
      return System.console() != null && System.console().isTerminal();
    }
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
