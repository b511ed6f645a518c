package dev.retain.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writesANewFileAndReplacesAnOldOne() throws IOException {
    Path file = folder.resolve("model.jar");
    AtomicFile.write(file, text("first, and longer"));
    assertThat(file).hasContent("first, and longer");
    AtomicFile.write(file, text("second"));
    assertThat(file).hasContent("second");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void theOldFileIsThereUntilTheNewOneIsWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("model.jar"), "old");
    AtomicFile.write(
        file,
        channel -> {
          channel.write(bytes("new"));
          assertThat(file).hasContent("old");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void nothingIsLeftOfAFailure() throws IOException {
    Path file = folder.resolve("model.jar");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                channel -> {
                  channel.write(bytes("half"));
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(FileException.class)
        .hasMessage("cannot write " + file + ": No space left on device");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                _ -> {
                  throw new IllegalStateException("a mistake of the caller");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void nothingIsLeftWhenTheJvmIsStoppedMeanwhile() throws IOException, InterruptedException {
    Path file = folder.resolve("model.jar");
    Process stopped =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Stopped.class.getName(),
                file.toString())
            .inheritIO()
            .start();
    assertThat(stopped.waitFor()).isEqualTo(3);
    assertThat(files()).isEmpty();
  }

  /** Stops its JVM in the middle of a file. */
  static final class Stopped {
    public static void main(String[] arguments) {
      AtomicFile.write(
          Path.of(arguments[0]),
          channel -> {
            channel.write(bytes("half"));
            System.exit(Files.list(Path.of(arguments[0]).getParent()).count() == 1 ? 3 : 4);
          });
    }
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    assertThatThrownBy(() -> AtomicFile.write(folder, text("")))
        .hasMessage("cannot write " + folder + ": it is a folder; name a file in it");
    Path nowhere = folder.resolve("missing/model.jar");
    assertThatThrownBy(() -> AtomicFile.write(nowhere, text("")))
        .isInstanceOf(FileException.class)
        .hasMessageEndingWith("missing does not exist; create it first");
    Path inAFile = Files.writeString(folder.resolve("file"), "text").resolve("model.jar");
    assertThatThrownBy(() -> AtomicFile.write(inAFile, text(""))).isInstanceOf(FileException.class);
    assertThat(files()).containsExactly(folder.resolve("file"));
  }

  @Test
  void neverReplacesADevice() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    assertThatThrownBy(() -> AtomicFile.write(device, text("")))
        .hasMessage("cannot write /dev/null: it is not a regular file; choose another name");
  }

  @Test
  void keepsASymbolicLink() throws IOException {
    Path file = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFile.write(link, text("new"));
    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(file).hasContent("new");
  }

  private static AtomicFile.Content text(String text) {
    return channel -> channel.write(bytes(text));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private Stream<Path> files() throws IOException {
    return Files.list(folder);
  }
}
