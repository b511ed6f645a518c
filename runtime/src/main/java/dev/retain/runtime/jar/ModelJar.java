package dev.retain.runtime.jar;

import dev.retain.runtime.ModelException;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.ModelJson;
import dev.retain.runtime.program.StepDescription;
import dev.retain.runtime.program.Width;
import dev.retain.runtime.weights.SafetensorsStream;
import dev.retain.runtime.weights.WeightsException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A model's jar, open for reading. Every entry that is read is checked against its checksum. */
public final class ModelJar implements AutoCloseable {
  private final Path path;
  private final ZipFile zip;
  private final ModelDescription description;

  private ModelJar(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
    this.description = readDescription();
  }

  /**
   * Opens a jar and reads its description.
   *
   * @throws FileException if it cannot be read
   * @throws ModelException if it is no jar, no model, or damaged
   */
  public static ModelJar open(Path path) {
    ZipFile zip = openZip(path);
    try {
      return new ModelJar(path, zip);
    } catch (RuntimeException e) {
      close(zip);
      throw e;
    }
  }

  private static ZipFile openZip(Path path) {
    if (!Files.exists(path)) {
      throw FileException.reading(path, new NoSuchFileException(path.toString()));
    }
    if (!Files.isRegularFile(path)) {
      throw new ModelException(path + ": it is no file; give a jar that 'retain compile' wrote");
    }
    try {
      return new ZipFile(path.toFile());
    } catch (ZipException e) {
      throw new ModelException(
          path
              + ": it is no jar, or it is truncated ("
              + e.getMessage()
              + "); compile the model again, or copy the file again",
          e);
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  private ModelDescription readDescription() {
    ZipEntry entry = zip.getEntry(Layout.DESCRIPTION);
    if (entry == null) {
      throw new ModelException(
          path
              + ": this jar is no Retain model (it has no "
              + Layout.DESCRIPTION
              + "); give a jar that 'retain compile' wrote");
    }
    try {
      return ModelJson.read(bytes(entry));
    } catch (IllegalArgumentException e) {
      throw damaged(entry.getName(), e);
    }
  }

  public ModelDescription description() {
    return description;
  }

  /** The tensors that are stored, by path, in the types that they are stored in. */
  public SequencedMap<String, NativeTensor> weights(Arena arena) {
    ZipEntry entry = zip.getEntry(Layout.WEIGHTS);
    if (entry == null) {
      throw damaged(Layout.WEIGHTS, new EOFException("it is missing"));
    }
    return read(entry, stream -> SafetensorsStream.read(path, stream, entry.getSize(), arena));
  }

  /** The widths that there are kernels for. */
  public Set<Width> widths() {
    Set<Width> widths = EnumSet.noneOf(Width.class);
    for (Width width : Width.values()) {
      if (zip.stream().anyMatch(entry -> Layout.isKernel(width, entry.getName()))) {
        widths.add(width);
      }
    }
    return widths;
  }

  /** The class files of a width, by binary name (with dots); all that the programs name. */
  public Map<String, byte[]> kernels(Width width) {
    Map<String, byte[]> classes =
        entries(name -> Layout.isKernel(width, name), name -> Layout.className(width, name));
    for (FormProgram program : description.programs()) {
      for (StepDescription step : program.steps()) {
        if (!classes.containsKey(step.kernelClass())) {
          String entry = Layout.kernel(width, step.kernelClass());
          throw damaged(entry, new EOFException("it is missing"));
        }
      }
    }
    return classes;
  }

  /** What is known of the forms, as JSON, if the jar says it. */
  public Optional<String> certificate() {
    return Optional.ofNullable(zip.getEntry(Layout.CERTIFICATE))
        .map(entry -> new String(bytes(entry), StandardCharsets.UTF_8));
  }

  /** The definition's files, by their names. */
  public Map<String, byte[]> sources() {
    return entries(
        name -> name.startsWith(Layout.SOURCES) && !name.endsWith("/"),
        name -> name.substring(Layout.SOURCES.length()));
  }

  private Map<String, byte[]> entries(Predicate<String> wanted, Function<String, String> keyOf) {
    Map<String, byte[]> all = new TreeMap<>();
    zip.stream()
        .filter(entry -> wanted.test(entry.getName()))
        .forEach(entry -> all.put(keyOf.apply(entry.getName()), bytes(entry)));
    return all;
  }

  private byte[] bytes(ZipEntry entry) {
    return read(entry, InputStream::readAllBytes);
  }

  private interface Reader<T> {
    T read(InputStream stream) throws IOException;
  }

  private <T> T read(ZipEntry entry, Reader<T> reader) {
    try (InputStream stream = zip.getInputStream(entry)) {
      CheckedInputStream checked = new CheckedInputStream(stream, new CRC32());
      T content = reader.read(checked);
      checked.skip(Long.MAX_VALUE);
      if (checked.getChecksum().getValue() != entry.getCrc()) {
        throw new ZipException("its checksum is wrong");
      }
      return content;
    } catch (IOException | WeightsException e) {
      throw damaged(entry.getName(), e);
    }
  }

  private ModelException damaged(String entry, Exception cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new ModelException(
        path
            + ": the model in it is damaged: "
            + entry
            + ": "
            + why.lines().findFirst().orElse("")
            + "; compile the model again, or copy the file again",
        cause);
  }

  private static void close(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException e) {
      throw new ModelException(zip.getName() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    close(zip);
  }
}
