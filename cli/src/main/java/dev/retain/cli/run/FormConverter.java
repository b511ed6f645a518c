package dev.retain.cli.run;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.program.Form;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A form by its name in small letters. */
public final class FormConverter implements ITypeConverter<Form> {
  @Override
  public Form convert(String text) {
    try {
      return Form.of(text);
    } catch (RetainException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
