package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.names.Scope;
import dev.retain.compiler.tensor.Axis;
import java.util.List;
import java.util.Optional;

/** What an expression stands for while a model is put together. */
sealed interface Value {
  /**
   * A number that is known before the model runs.
   *
   * @param axis the axis that a name of this size can serve as, if it can
   * @param origin where a hyperparameter got it, for errors about its use as an axis
   */
  record Known(double number, Optional<Axis> axis, Optional<Origin> origin) implements Value {
    Known(double number, Optional<Axis> axis) {
      this(number, axis, Optional.empty());
    }

    static Known of(double number) {
      return new Known(number, Optional.empty());
    }

    Known from(Origin origin) {
      return new Known(number, axis, Optional.of(origin));
    }
  }

  /**
   * What the user wrote to give a hyperparameter its value.
   *
   * @param said in the words of a message: {@code `d` = 0}
   */
  record Origin(String said, Span span) {}

  record Flag(boolean value) implements Value {}

  record FunctionName(Scope.Entry function) implements Value {}

  /**
   * A tensor of the step.
   *
   * @param indexOf the axis that its elements are indexes of, if they are
   */
  record Tensor(int node, Optional<Axis> indexOf) implements Value {
    static Tensor of(int node) {
      return new Tensor(node, Optional.empty());
    }
  }

  /** A position of the block that a form computes, by the axis along which it runs. */
  record Position(Axis axis) implements Value {}

  /**
   * A value that a form defines for every position, or an input that is new at each step.
   *
   * @param name as people write it
   * @param along the axes of its positions, in the order in which they are written
   * @param at the positions that are written already
   */
  record ByPosition(String name, Tensor tensor, List<Axis> along, List<Axis> at) implements Value {
    public ByPosition {
      along = List.copyOf(along);
      at = List.copyOf(at);
    }
  }

  /** A comparison of positions: a node that is 1 where it holds, and 0 elsewhere. */
  record Mask(int node) implements Value {}

  /** What came of an error that has been reported; everything made of it is this again. */
  record Wrong() implements Value {}
}
