package dev.retain.cli.compile;

import dev.retain.runtime.memory.ElementType;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The type that the matrices of a model are stored in, where it is smaller than the model's own.
 */
final class StoreOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--store",
      paramLabel = "bf16|int8",
      converter = StoreConverter.class,
      description =
          "Store matrices of weights and tables in 2 bytes a number (bf16), or in 1 (int8, with a"
              + " scale for each column of a matrix and each row of a table), which makes writing"
              + " as much faster. Of --dtype f32 only; what is stored so cannot be trained"
              + " (default: as --dtype).")
  private Optional<ElementType> small = Optional.empty();

  /**
   * @param real the type that the model computes in
   * @throws ParameterException if its weights cannot be stored so
   */
  ElementType stored(ElementType real) {
    if (small.isPresent() && real != ElementType.F32) {
      throw new ParameterException(
          command.commandLine(), "--store goes with --dtype f32: f64 is for the last digits");
    }
    return small.orElse(real);
  }
}
