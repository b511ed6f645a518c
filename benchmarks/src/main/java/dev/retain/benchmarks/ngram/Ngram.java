package dev.retain.benchmarks.ngram;

import dev.retain.cli.console.CommonOptions;
import dev.retain.cli.console.Console;
import dev.retain.cli.console.ExitCode;
import dev.retain.cli.console.Json;
import dev.retain.cli.console.Quantity;
import dev.retain.cli.console.Table;
import dev.retain.runtime.text.Tokenizers;
import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.CorpusReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How well counts of byte sequences predict held-out text. */
@Command(
    name = Ngram.NAME,
    description = {
      "Predict held-out text by counts of byte sequences (modified Kneser-Ney smoothing), as a"
          + " trained model has to do better.",
      "",
      "The texts are read and split as 'retain train' does it.",
    },
    footer = {"", "Example:", "  retain bench " + Ngram.EXAMPLE})
public final class Ngram implements Callable<Integer> {
  public static final String NAME = "ngram";
  public static final String EXAMPLE = NAME + " --data novels.txt --order 4,5,6";

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--data",
      arity = "1..*",
      required = true,
      paramLabel = "PATH",
      description =
          "Texts in UTF-8: files (also .gz), folders with all files in them, or - for standard"
              + " input.")
  private List<Path> texts;

  @Option(
      names = "--valid-fraction",
      paramLabel = "X",
      defaultValue = "0.1",
      description = "The last part of the texts, which is predicted (default: ${DEFAULT-VALUE}).")
  private double heldFraction;

  @Option(
      names = "--order",
      split = ",",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Bytes of the longest sequences that are counted, the predicted one included, from 1 to 8"
              + " (default: ${DEFAULT-VALUE}).")
  private List<Integer> orders;

  @Option(
      names = "--json",
      description = "A line of JSON for each order: order, bits_per_byte, bytes, trained_bytes.")
  private boolean json;

  public Ngram(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!(heldFraction > 0 && heldFraction < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--valid-fraction must be between 0 and 1, for example 0.1");
    }
    if (orders.stream().anyMatch(order -> order < 1 || order > KneserNey.LARGEST_ORDER)) {
      throw new ParameterException(
          spec.commandLine(), "--order must be from 1 to " + KneserNey.LARGEST_ORDER);
    }
    Corpus all = CorpusReader.read(texts, Tokenizers.of(Tokenizers.BYTES), System.in);
    long kept = all.startOfLast(heldFraction);
    Corpus train = all.part(0, kept);
    Corpus heldOut = all.part(kept, all.size());
    if (heldOut.targets() == 0) {
      throw new ParameterException(spec.commandLine(), "the held-out text has less than two bytes");
    }
    Table table = new Table("order", "bits per byte");
    for (int order : orders) {
      double bits = KneserNey.of(train, order).bitsPerByte(heldOut);
      table.row(order, Quantity.decimal(bits, 4));
      if (json) {
        console.out().println(Json.line(line(order, bits, train, heldOut)));
      }
    }
    if (!json) {
      console
          .err()
          .printf(
              "Counted in %s bytes, predicted %s.%n",
              Quantity.count(train.size()), Quantity.count(heldOut.targets()));
      table.print(console.out());
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> line(int order, double bits, Corpus train, Corpus heldOut) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("order", order);
    line.put("bits_per_byte", bits);
    line.put("bytes", heldOut.targets());
    line.put("trained_bytes", train.size());
    return line;
  }
}
