package dev.retain.cli.train;

import dev.retain.cli.console.PositiveNumber;
import dev.retain.runtime.text.Tokenizer;
import dev.retain.runtime.text.Tokenizers;
import dev.retain.runtime.training.data.Corpus;
import dev.retain.runtime.training.data.CorpusReader;
import dev.retain.runtime.training.data.Order;
import dev.retain.runtime.training.data.TokenFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Option;

/** What a model is trained on, and measured by. */
final class DataOptions {
  private static final int BATCH = 8;
  private static final int LENGTH = 256;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Texts in UTF-8: files (also .gz), folders with all files in them, or - for standard"
              + " input. Each file is a document; nothing is carried from one to the next.")
  private List<Path> texts = List.of();

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "Instead of texts: a safetensors file with whole numbers, input_ids; each row of a"
              + " tensor of two axes is a document.")
  private Optional<Path> tokens = Optional.empty();

  @Option(
      names = "--valid",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Held-out text (or, with --tokens, a file of tokens) that the model is measured by"
              + " (default: the last part of the texts, which is then not trained on; see"
              + " --valid-fraction; with --tokens none).")
  private List<Path> held = List.of();

  @Option(
      names = "--valid-fraction",
      paramLabel = "X",
      defaultValue = "0.1",
      description =
          "The part of the texts that is held out if there is no --valid; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private double heldFraction;

  @Option(
      names = "--valid-tokens",
      paramLabel = "N",
      converter = PositiveNumber.class,
      defaultValue = "65536",
      description =
          "Measure by so many tokens, at equal distances, during training; at its end all of the"
              + " held-out text is measured (default: ${DEFAULT-VALUE}).")
  private int heldTokens;

  @Option(
      names = "--tokenizer",
      paramLabel = "bytes|NAME|FILE",
      defaultValue = Tokenizers.BYTES,
      description =
          "What a token is: a byte; a piece of a published vocabulary, r50k_base (gpt2), p50k_base,"
              + " cl100k_base or o200k_base; or of a file tokenizer.json (default:"
              + " ${DEFAULT-VALUE}).")
  private String tokenizerName;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description =
          "In which order rows are used: shuffled, in another order each time the data is through"
              + " (default for texts), or sequential (default for --tokens).")
  private Optional<String> orderName = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "B",
      converter = PositiveNumber.class,
      description = "Rows of a batch (default: 8; with --tokens those of the tensor).")
  private Optional<Integer> wantedBatch = Optional.empty();

  @Option(
      names = "--length",
      paramLabel = "T",
      converter = PositiveNumber.class,
      description = "Tokens of a row (default: 256; with --tokens those of the tensor's rows).")
  private Optional<Integer> wantedLength = Optional.empty();

  @Option(
      names = "--carry-state",
      description =
          "Go on in each batch where the one before ended, with its states (truncated"
              + " back-propagation), rather than begin every row from rest.")
  private boolean carried;

  boolean carriesState() {
    return carried;
  }

  int heldTokens() {
    return heldTokens;
  }

  Order order() {
    String name = orderName.orElse(tokens.isPresent() || carried ? "sequential" : "shuffled");
    return name.equals("shuffled") ? Order.SHUFFLED : Order.SEQUENTIAL;
  }

  /** What is wrong with these options, if anything. */
  Optional<String> problem() {
    if (texts.isEmpty() == tokens.isEmpty()) {
      return Optional.of("give --data PATH (texts) or --tokens FILE, one of them");
    }
    if (!(heldFraction >= 0 && heldFraction < 1)) {
      return Optional.of("--valid-fraction must be from 0 to below 1, for example 0.1");
    }
    if (orderName.filter(name -> !name.matches("shuffled|sequential")).isPresent()) {
      return Optional.of("--order must be shuffled or sequential, not '" + orderName.get() + "'");
    }
    if (carried && order() == Order.SHUFFLED) {
      return Optional.of(
          "--carry-state goes on from batch to batch, so it needs --order sequential");
    }
    if (tokens.isPresent() && held.size() > 1) {
      return Optional.of("with --tokens, --valid is one file of tokens");
    }
    return Optional.empty();
  }

  /** Reads everything. */
  TrainingData read() {
    if (tokens.isPresent()) {
      TokenFile file = TokenFile.read(tokens.get());
      return new TrainingData(
          file.corpus(),
          held.stream().findFirst().map(path -> TokenFile.read(path).corpus()),
          Optional.empty(),
          Optional.empty(),
          wantedBatch.orElse(file.rows().orElse(BATCH)),
          wantedLength.orElse(file.length().orElse(LENGTH)),
          tokens.get().toString());
    }
    Tokenizer tokenizer = Tokenizers.of(tokenizerName);
    Corpus all = CorpusReader.read(texts, tokenizer, System.in);
    Corpus train = all;
    Optional<Corpus> heldOut = Optional.empty();
    if (!held.isEmpty()) {
      heldOut = Optional.of(CorpusReader.read(held, tokenizer, System.in));
    } else if (heldFraction > 0) {
      long kept = all.startOfLast(heldFraction);
      train = all.part(0, kept);
      heldOut = Optional.of(all.part(kept, all.size())).filter(part -> part.targets() > 0);
    }
    return new TrainingData(
        train,
        heldOut,
        Optional.of(tokenizer),
        Optional.of(CorpusReader.bytesOfTokens(tokenizer)),
        wantedBatch.orElse(BATCH),
        wantedLength.orElse(LENGTH),
        String.join(", ", texts.stream().map(Path::toString).toList()));
  }

  /** Whether the held-out text is a part of the texts. */
  boolean isHeldOutOfTexts() {
    return held.isEmpty() && tokens.isEmpty();
  }

  double heldFraction() {
    return heldFraction;
  }

  void addSettings(SequencedMap<String, String> settings) {
    settings.put("--tokenizer", tokens.isPresent() ? "none" : tokenizerName);
    settings.put("--order", order().name().toLowerCase(Locale.ROOT));
    settings.put("--carry-state", Boolean.toString(carried));
    settings.put("--valid-tokens", Integer.toString(heldTokens));
  }
}
