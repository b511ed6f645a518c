package dev.retain.runtime.training.checkpoint;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.training.TrainingException;
import dev.retain.runtime.weights.SafetensorsFile;
import dev.retain.runtime.weights.SafetensorsWriter;
import dev.retain.runtime.weights.WeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One checkpoint as a safetensors file. Its metadata hold all that is no tensor. Its last tensor is
 * the SHA-256 of the whole file, taken while that tensor is zero.
 */
final class CheckpointFile {
  private static final String FORMAT = "retain checkpoint 1";
  private static final String CHECKSUM = "checksum";
  private static final int CHECKSUM_BYTES = 32;
  private static final int DIGESTED_AT_ONCE = 1 << 24;

  private static final String SETTING = "setting ";
  private static final String CHOICE = "choice ";

  private CheckpointFile() {}

  static void write(
      Disk disk,
      Path file,
      RunState state,
      RunIdentity identity,
      SequencedMap<String, NativeTensor> tensors) {
    try (Arena arena = Arena.ofConfined()) {
      SequencedMap<String, NativeTensor> all = new LinkedHashMap<>(tensors);
      all.put(CHECKSUM, NativeTensor.allocate(arena, ElementType.I64, CHECKSUM_BYTES / Long.BYTES));
      disk.replace(file, channel -> write(channel, file, all, metadata(state, identity)));
    }
  }

  private static void write(
      FileChannel channel,
      Path file,
      SequencedMap<String, NativeTensor> tensors,
      Map<String, String> metadata)
      throws IOException {
    DigestingChannel digesting = new DigestingChannel(channel, sha256());
    SafetensorsWriter.writeTo(digesting, file, tensors, metadata);
    ByteBuffer checksum = ByteBuffer.wrap(digesting.digest().digest());
    long place = channel.position() - CHECKSUM_BYTES;
    while (checksum.hasRemaining()) {
      place += channel.write(checksum, place);
    }
  }

  private record DigestingChannel(FileChannel channel, MessageDigest digest)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      ByteBuffer written = source.duplicate();
      int count = channel.write(source);
      digest.update(written.limit(written.position() + count));
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /**
   * Checks every byte of a file.
   *
   * @throws TrainingException saying what is wrong with it
   * @throws FileException if it cannot be read
   */
  static StoredCheckpoint read(Path file) {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      check(file, bytes);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return stored(file, opened.metadata());
    } catch (WeightsException | NumberFormatException e) {
      throw new TrainingException(file + ": it is no checkpoint (" + e.getMessage() + ")");
    }
  }

  private static void check(Path file, MemorySegment bytes) {
    long rest = bytes.byteSize() - CHECKSUM_BYTES;
    if (rest < 0) {
      throw damaged(file, "it has only " + bytes.byteSize() + " bytes");
    }
    MessageDigest digest = sha256();
    for (long from = 0; from < rest; from += DIGESTED_AT_ONCE) {
      digest.update(bytes.asSlice(from, Math.min(DIGESTED_AT_ONCE, rest - from)).asByteBuffer());
    }
    byte[] found = new byte[CHECKSUM_BYTES];
    digest.update(found);
    bytes.asSlice(rest).asByteBuffer().get(found);
    if (!Arrays.equals(found, digest.digest())) {
      throw damaged(file, "its checksum is not that of its content");
    }
  }

  private static TrainingException damaged(Path file, String how) {
    return new TrainingException("%s: the checkpoint is damaged: %s".formatted(file, how));
  }

  private static Map<String, String> metadata(RunState state, RunIdentity identity) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("step", Long.toString(state.step()));
    metadata.put("best loss", Double.toString(state.bestLoss()));
    metadata.put("best step", Long.toString(state.bestStep()));
    metadata.put("measurements since", Integer.toString(state.worse()));
    identity.settings().forEach((name, value) -> metadata.put(SETTING + name, value));
    identity.choices().forEach((name, value) -> metadata.put(CHOICE + name, value));
    return metadata;
  }

  private static StoredCheckpoint stored(Path file, Map<String, String> metadata) {
    String format = metadata.get("format");
    if (!FORMAT.equals(format)) {
      throw new TrainingException(
          "%s: expected the format '%s', found '%s'; resume with the version that wrote it"
              .formatted(file, FORMAT, format));
    }
    RunState state =
        new RunState(
            Long.parseLong(metadata.get("step")),
            Double.parseDouble(metadata.get("best loss")),
            Long.parseLong(metadata.get("best step")),
            Integer.parseInt(metadata.get("measurements since")));
    RunIdentity identity = new RunIdentity(under(SETTING, metadata), under(CHOICE, metadata));
    return new StoredCheckpoint(file, state, identity);
  }

  private static SequencedMap<String, String> under(String prefix, Map<String, String> metadata) {
    SequencedMap<String, String> entries = new LinkedHashMap<>();
    metadata.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        entries.put(name.substring(prefix.length()), value);
      }
    });
    return entries;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
