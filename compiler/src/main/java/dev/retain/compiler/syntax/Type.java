package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;

/** What a value is, as written. */
public sealed interface Type {
  Span span();

  /** {@code [head, K]}: a tensor over named axes, in order. */
  record TensorType(List<Name> axes, Span span) implements Type {
    public TensorType {
      axes = List.copyOf(axes);
    }
  }

  /** {@code index of vocab}: a whole number from 0 to the axis's size - 1. */
  record IndexType(Name axis, Span span) implements Type {}
}
