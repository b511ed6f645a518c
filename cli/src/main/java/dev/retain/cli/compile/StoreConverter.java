package dev.retain.cli.compile;

import dev.retain.runtime.memory.ElementType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A small type of weights by its name. */
final class StoreConverter implements ITypeConverter<ElementType> {
  @Override
  public ElementType convert(String text) {
    return switch (text) {
      case "bf16" -> ElementType.BF16;
      case "int8" -> ElementType.I8;
      default -> throw new TypeConversionException("expected bf16 or int8, found '" + text + "'");
    };
  }
}
