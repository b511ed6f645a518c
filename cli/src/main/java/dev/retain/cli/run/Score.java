package dev.retain.cli.run;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.cli.console.Quantity;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.progress.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells how well a model predicts a text. */
@Command(
    name = "score",
    description = {
      "Tell how well a model predicts a text, and how fast.",
      "",
      "Every byte but the first is predicted from all the bytes before it: the text is read in"
          + " windows, and the state is carried from one to the next in every form. A token is a"
          + " byte. Memory does not grow with the text.",
    })
final class Score implements Callable<Integer> {
  static final String EXAMPLE = "--text book.txt --form recurrent";

  private final Console console;
  private final ModelLocation model;

  @Mixin private CommonOptions common;
  @Mixin private EngineOptions engine;
  @Mixin private FormChoice form;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "FILE",
      description = "The text, in UTF-8, of any length from 2 bytes.")
  private Path text;

  @Option(
      names = "--length",
      paramLabel = "T",
      converter = PositiveNumber.class,
      description =
          "Tokens of a window (default: 4096; 512 in the parallel form, whose time and memory grow"
              + " with the square of it).")
  private Optional<Integer> length = Optional.empty();

  @Option(
      names = "--json",
      description =
          "Print one line of JSON: bits_per_byte, perplexity (per token), tokens (predicted),"
              + " tokens_per_second, seconds, form, chunk, length.")
  private boolean json;

  Score(Console console, ModelLocation model) {
    this.console = console;
    this.model = model;
  }

  @Override
  public Integer call() {
    try (RetainModel opened = RetainModel.open(model.path(), engine.engine())) {
      FormProgram program = opened.description().form(form.of(opened.description()));
      int window = length.orElse(program.form() == Form.PARALLEL ? 512 : 4096);
      score(opened, program, window);
    }
    return ExitCode.OK;
  }

  private void score(RetainModel opened, FormProgram program, int window) {
    try (TextWindows windows = new TextWindows(text, window, opened.description().vocabulary())) {
      if (windows.predicted() == 0) {
        throw new RetainException(
            text + ": nothing to score: every byte but the first is predicted, so give 2 or more");
      }
      int chunk = form.chunk(opened.description().chunkOf(program));
      boolean isOneBlock = program.isWrittenByHand() && program.form() == Form.PARALLEL;
      if (isOneBlock && windows.predicted() > window) {
        throw new RetainException(
            "the form %s takes no state, so it reads a text in one window: give --length %d or more"
                .formatted(program.name(), windows.predicted()));
      }
      try (Progress progress = Progress.onStandardError("score", "tokens", windows.predicted())) {
        Scorer.Result result =
            Scorer.score(opened, windows, program.name(), chunk, progress::update);
        if (json) {
          console.out().println(Json.line(values(result, program, chunk, window)));
        } else {
          print(result);
        }
      }
    }
  }

  private void print(Scorer.Result result) {
    console.out().println("bits per byte  " + Quantity.decimal(result.bitsPerByte(), 6));
    console
        .out()
        .println("perplexity     " + Quantity.decimal(result.perplexity(), 4) + " per token");
    console.out().println("tokens         " + Quantity.count(result.tokens()));
    console
        .out()
        .println(
            "speed          "
                + Quantity.decimal(result.tokensPerSecond(), 0)
                + " tokens/s ("
                + Quantity.decimal(result.seconds(), 1)
                + " s)");
  }

  private static Map<String, Object> values(
      Scorer.Result result, FormProgram program, int chunk, int window) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("bits_per_byte", result.bitsPerByte());
    values.put("perplexity", result.perplexity());
    values.put("tokens", result.tokens());
    values.put("tokens_per_second", result.tokensPerSecond());
    values.put("seconds", result.seconds());
    values.put("form", program.name());
    values.put("chunk", chunk);
    values.put("length", window);
    return values;
  }
}
