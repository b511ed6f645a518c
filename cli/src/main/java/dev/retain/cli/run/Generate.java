package dev.retain.cli.run;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.PositiveNumber;
import dev.retain.cli.console.Quantity;
import dev.retain.runtime.RetainException;
import dev.retain.runtime.RetainModel;
import dev.retain.runtime.generation.Sampler;
import dev.retain.runtime.generation.Sampling;
import dev.retain.runtime.launch.SelfLauncher;
import dev.retain.runtime.text.ByteTokenizer;
import dev.retain.runtime.text.StreamingDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets a model write on. */
@Command(
    name = "generate",
    description = {
      "Let a model write on from a prompt.",
      "",
      "A short prompt is read in the recurrent form, a long one in the chunkwise form; then one"
          + " token after the other is chosen and read in the recurrent form. What the model writes"
          + " (not the prompt) goes to standard output as it comes. A token is a byte. A terminal"
          + " is shown control characters as \\x1b; a file or pipe gets them as they are.",
    })
final class Generate implements Callable<Integer> {
  static final String EXAMPLE = "--prompt 'It is a truth' --max-tokens 200 --temperature 0.7";

  /** What an empty prompt stands for. */
  private static final String LINE_END = "\n";

  private final Console console;
  private final ModelLocation model;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "What to go on from. An empty prompt stands for a line end.")
  private String prompt;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "256",
      description = "How many tokens to write (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "0.8",
      description =
          "Divides the logits: 0 always takes the likeliest token, 1 samples as the model predicts"
              + " (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Choose among the K likeliest tokens only; 0: among all (default).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "Of those, choose among the likeliest that together have the probability P; 1: among all"
              + " (default).")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same text (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--json",
      description =
          "End with a line of JSON: text, tokens, prompt_tokens, tokens_per_second (after the"
              + " first), seconds_to_command (the start of the JVM, or of both if the jar has"
              + " started itself again), seconds_to_first_token (from then on), seconds_of_opening"
              + " (the model, of that), seconds_to_full_speed (from the first token on), seed.")
  private boolean json;

  Generate(Console console, ModelLocation model) {
    this.console = console;
    this.model = model;
  }

  @Override
  public Integer call() {
    long beginMilliseconds = System.currentTimeMillis();
    long begin = System.nanoTime();
    Sampling sampling = sampling();
    ByteTokenizer tokenizer = new ByteTokenizer();
    int[] tokens = tokenizer.encode(readable(prompt.isEmpty() ? LINE_END : prompt));
    try (RetainModel opened = RetainModel.open(model.path(), engine.engine())) {
      double opening = (System.nanoTime() - begin) / 1e9;
      int vocabulary = opened.description().vocabulary();
      if (vocabulary > tokenizer.vocabularySize()) {
        throw new RetainException(
            "the model has a vocabulary of "
                + vocabulary
                + ", and only bytes (256) can be written as text; compile with --set vocab=256");
      }
      Sampler sampler = new Sampler(sampling, vocabulary);
      Typing typing =
          new Typing(console.out(), console.outIsTerminal(), new StreamingDecoder(tokenizer), json);
      Writer.Result result = Writer.write(opened, tokens, sampler, maxTokens, typing);
      double untilFirst = (result.firstToken() - begin) / 1e9;
      if (json) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("text", typing.text());
        values.put("tokens", result.tokens());
        values.put("prompt_tokens", tokens.length);
        values.put("tokens_per_second", result.tokensPerSecond());
        values.put(
            "seconds_to_command", (beginMilliseconds - SelfLauncher.startMilliseconds()) / 1e3);
        values.put("seconds_to_first_token", untilFirst);
        values.put("seconds_of_opening", opening);
        values.put("seconds_to_full_speed", result.secondsToFullSpeed());
        values.put("seed", seed);
        console.out().println(Json.line(values));
      }
      summarise(result, untilFirst);
    }
    return ExitCode.OK;
  }

  private Sampling sampling() {
    try {
      return new Sampling(temperature, topK, topP, seed);
    } catch (RetainException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  /** The JVM has replaced what it could not read in the locale's encoding. */
  private static String readable(String text) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    if (text.indexOf('\uFFFD') >= 0 && !encoding.equals("UTF-8")) {
      throw new RetainException(
          "the prompt has characters that the locale's encoding, "
              + encoding
              + ", cannot express; set LC_ALL=C.UTF-8");
    }
    return text;
  }

  private void summarise(Writer.Result result, double untilFirst) {
    if (console.errIsTerminal()) {
      console
          .err()
          .printf(
              "[%s tokens, %s tokens/s, first token after %s s]%n",
              Quantity.count(result.tokens()),
              Quantity.decimal(result.tokensPerSecond(), 0),
              Quantity.decimal(untilFirst, 2));
    }
  }
}
