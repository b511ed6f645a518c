package dev.retain.cli.compile;

import dev.retain.runtime.memory.ElementType;
import picocli.CommandLine.Option;

/** The type of numbers that a model computes in. */
public final class TypeOption {
  @Option(
      names = "--dtype",
      paramLabel = "f32|f64",
      converter = TypeConverter.class,
      defaultValue = "f32",
      description =
          "Numbers of 32 or 64 bits, stored and computed with (default: ${DEFAULT-VALUE}).")
  private ElementType real;

  public ElementType real() {
    return real;
  }
}
