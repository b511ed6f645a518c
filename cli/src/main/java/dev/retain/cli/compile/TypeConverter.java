package dev.retain.cli.compile;

import dev.retain.runtime.memory.ElementType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The type of numbers that a model computes in. */
final class TypeConverter implements ITypeConverter<ElementType> {
  @Override
  public ElementType convert(String text) {
    return switch (text) {
      case "f32" -> ElementType.F32;
      case "f64" -> ElementType.F64;
      default -> throw new TypeConversionException("expected f32 or f64, found '" + text + "'");
    };
  }
}
