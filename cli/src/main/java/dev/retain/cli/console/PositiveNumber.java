package dev.retain.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option that counts something, at least 1. */
public final class PositiveNumber implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    if (!text.matches("0*[1-9]\\d{0,8}")) {
      throw new TypeConversionException(
          "expected a whole number from 1 to 999999999, found '" + text + "'");
    }
    return Integer.valueOf(text);
  }
}
