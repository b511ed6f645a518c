package dev.retain.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostic;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceReaderTest {
  @TempDir Path folder;

  private final Diagnostics diagnostics = new Diagnostics();

  @Test
  void readsUtf8WithOrWithoutByteOrderMark() throws IOException {
    assertThat(read("x = γ".getBytes(StandardCharsets.UTF_8))).contains("x = γ");
    assertThat(read("\uFEFFx = γ".getBytes(StandardCharsets.UTF_8))).contains("x = γ");
    assertThat(read(new byte[0])).contains("");
  }

  @Test
  void namesTheByteThatIsNotUtf8() throws IOException {
    assertThat(read("x = γ\ny = é".getBytes(StandardCharsets.ISO_8859_1))).isEmpty();
    Diagnostic error = onlyError();
    assertThat(error.code()).isEqualTo(Code.NOT_UTF8);
    assertThat(error.message()).isEqualTo("byte 10 (0xE9, in line 2) is not UTF-8");
    assertThat(error.span()).hasToString(folder.resolve("a.ret") + ":2:5");
  }

  @Test
  void namesTheByteOfACutCharacter() throws IOException {
    assertThat(read(new byte[] {'x', (byte) 0xCE})).isEmpty();
    assertThat(onlyError().message()).startsWith("byte 1 (0xCE, in line 1)");
  }

  @Test
  void readsFourMebibytesAndNoMore() throws IOException {
    assertThat(read(" ".repeat(SourceReader.LARGEST).getBytes(StandardCharsets.UTF_8))).isPresent();
    assertThat(read(" ".repeat(SourceReader.LARGEST + 1).getBytes(StandardCharsets.UTF_8)))
        .isEmpty();
    assertThat(onlyError().code()).isEqualTo(Code.FILE_TOO_LARGE);
  }

  @Test
  void reportsAMissingFile() {
    assertThat(SourceReader.read(folder.resolve("none.ret"), diagnostics)).isEmpty();
    assertThat(onlyError().code()).isEqualTo(Code.UNREADABLE_FILE);
    assertThat(onlyError().message()).startsWith("there is no file").contains("none.ret");
  }

  @Test
  void suggestsTheFileThatWasMeant() throws IOException {
    Files.createFile(folder.resolve("retnet.ret"));
    assertThat(SourceReader.read(folder.resolve("retent.ret"), diagnostics)).isEmpty();
    assertThat(onlyError().help()).contains("did you mean `retnet.ret`?");
  }

  @Test
  void reportsAFolder() {
    assertThat(SourceReader.read(folder, diagnostics)).isEmpty();
    assertThat(onlyError().message()).startsWith("expected a file, found the folder");
  }

  private Optional<String> read(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("a.ret"), bytes);
    return SourceReader.read(file, diagnostics).map(Source::text);
  }

  private Diagnostic onlyError() {
    assertThat(diagnostics.list()).hasSize(1);
    return diagnostics.list().getFirst();
  }
}
