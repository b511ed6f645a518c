package dev.retain.runtime.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SelfLauncherTest {
  private static final int JAVA_11 = 55;

  @TempDir private Path folder;
  private Path jar;

  @BeforeEach
  void writeJar() throws IOException {
    jar = folder.resolve("a model.jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, SelfLauncher.class.getName());
    attributes.putValue(SelfLauncher.MAIN_ATTRIBUTE, Program.class.getName());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> type : List.of(SelfLauncher.class, Program.class)) {
        out.putNextEntry(new ZipEntry(type.getName().replace('.', '/') + ".class"));
        out.write(classFile(type));
      }
    }
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    try (InputStream file = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      return file.readAllBytes();
    }
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Duser.setting=a b", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", jar.getFileName().toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void theProgramRunsWithTheModuleAndEverythingElseAsItWas() throws Exception {
    Process process = start("one", "two words", "", "--prompt=\"*\"");
    try (OutputStream input = process.getOutputStream()) {
      input.write("typed".getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(7);
    assertThat(output.lines())
        .containsExactly("[one, two words, , --prompt=\"*\"]", "a b", "true", "true", "typed");
  }

  @Test
  void whoStopsTheLauncherStopsTheProgram() throws Exception {
    Process process = start("wait");
    long pid = Long.parseLong(process.inputReader().readLine());
    ProcessHandle program = ProcessHandle.of(pid).get();
    assertThat(pid).isNotEqualTo(process.pid());
    process.destroy();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    program.onExit().get(20, TimeUnit.SECONDS);
  }

  @Test
  void anOlderJvmCanLoadTheLauncher() throws IOException {
    byte[] file = classFile(SelfLauncher.class);
    assertThat(file[7]).isEqualTo((byte) JAVA_11);
  }
}
