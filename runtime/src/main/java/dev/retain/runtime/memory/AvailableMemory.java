package dev.retain.runtime.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How much memory the process may still take.
 *
 * <p>Linux grants more than it has and kills the process later, while the memory is being filled;
 * so what is too large is refused before it is asked for.
 */
public final class AvailableMemory {
  private static final Path MACHINE = Path.of("/proc/meminfo");
  private static final Path CONTAINER = Path.of("/sys/fs/cgroup");

  private AvailableMemory() {}

  /**
   * Bytes the machine, or the container the process runs in, can still give; {@link Long#MAX_VALUE}
   * where the system does not say.
   */
  public static long bytes() {
    return Math.min(ofMachine(), ofContainer());
  }

  /**
   * Refuses what cannot fit.
   *
   * @param needed bytes about to be taken
   * @param purpose what they are for, as the message shall name it
   * @throws MemoryException if fewer bytes are available
   */
  public static void require(long needed, String purpose) {
    long available = bytes();
    if (needed > available) {
      throw new MemoryException(
          purpose
              + " needs "
              + show(needed)
              + " of memory, but only "
              + show(available)
              + " are available on this machine; use a smaller model, a smaller batch or float32,"
              + " or free some memory");
    }
  }

  /** A number of bytes for people, with the exact number beside it where it was rounded. */
  static String show(long bytes) {
    if (bytes < 1 << 20) {
      return bytes + " bytes";
    }
    return bytes < 1 << 30
        ? String.format(Locale.ROOT, "%.1f MiB (%d bytes)", bytes / 0x1p20, bytes)
        : String.format(Locale.ROOT, "%.1f GiB (%d bytes)", bytes / 0x1p30, bytes);
  }

  private static long ofMachine() {
    OptionalLong kibibytes = field(MACHINE, "MemAvailable:");
    return kibibytes.isPresent() ? kibibytes.getAsLong() * 1024 : Long.MAX_VALUE;
  }

  private static long ofContainer() {
    OptionalLong limit = field(CONTAINER.resolve("memory.max"), "");
    OptionalLong used = field(CONTAINER.resolve("memory.current"), "");
    if (limit.isEmpty() || used.isEmpty()) {
      return Long.MAX_VALUE;
    }
    // Pages of files count as used, but the kernel takes them back when memory is short.
    long files = field(CONTAINER.resolve("memory.stat"), "file ").orElse(0);
    return Math.max(0, limit.getAsLong() - Math.max(0, used.getAsLong() - files));
  }

  private static OptionalLong field(Path file, String key) {
    if (!Files.isReadable(file)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(key.length()).strip().split(" ")[0])
          .filter(word -> word.matches("\\d{1,18}"))
          .mapToLong(Long::parseLong)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
