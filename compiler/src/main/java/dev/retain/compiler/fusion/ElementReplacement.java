package dev.retain.compiler.fusion;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Replaces elements of buffers in a value, and keeps shared parts shared. */
public final class ElementReplacement {
  private final UnaryOperator<Scalar.Element> by;
  private final Map<Scalar, Scalar> done = new IdentityHashMap<>();

  public ElementReplacement(UnaryOperator<Scalar.Element> by) {
    this.by = by;
  }

  public Scalar replace(Scalar value) {
    Scalar known = done.get(value);
    if (known == null) {
      known =
          switch (value) {
            case Scalar.Literal l -> l;
            case Scalar.Position p -> p;
            case Scalar.PairSign s -> s;
            case Scalar.Element element -> by.apply(element);
            case Scalar.Apply(var function, var operands) ->
                new Scalar.Apply(function, operands.stream().map(this::replace).toList());
          };
      done.put(value, known);
    }
    return known;
  }
}
