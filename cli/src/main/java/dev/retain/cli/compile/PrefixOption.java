package dev.retain.cli.compile;

import java.util.List;
import picocli.CommandLine.Option;

/** Which tensors of a file of weights are taken. */
public final class PrefixOption {
  @Option(
      names = "--prefix",
      split = ",",
      paramLabel = "PREFIX",
      description =
          "Take only the tensors of the weights' file under these prefixes, and strip them, such as"
              + " param.,buffer. (default: all, as they are).")
  private List<String> prefixes = List.of();

  public List<String> prefixes() {
    return prefixes;
  }
}
