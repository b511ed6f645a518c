package dev.retain.cli.compile;

import dev.retain.runtime.program.Width;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A width of vectors by its name. */
final class WidthConverter implements ITypeConverter<Width> {
  @Override
  public Width convert(String text) {
    return Width.of(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "expected one of "
                    + Arrays.stream(Width.values())
                        .map(Width::text)
                        .collect(Collectors.joining(", "))
                    + ", found '"
                    + text
                    + "'"));
  }
}
