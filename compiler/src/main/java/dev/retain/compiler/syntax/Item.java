package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;
import java.util.Optional;

/**
 * What stands in the braces of a layer, model or recurrence. Groups are flattened: {@code param a:
 * [], b: []} is two items, and the doc comment before the group belongs to those of them that have
 * none of their own.
 */
public sealed interface Item {
  /** From the item's name to its last character. */
  Span span();

  /** The text of its {@code ///} comment, lines separated by line ends; empty without one. */
  String doc();

  /** {@code axis K = d / heads}, or without a size {@code axis K}. */
  record AxisItem(Name name, Optional<Expression> size, String doc, Span span) implements Item {}

  /**
   * {@code param W: [d, K] ~ normal(0.02)}, {@code const gamma[h: head] = e}, {@code in x: [d]}.
   *
   * @param type for {@code gamma[h: head]} the axes of the index variables
   * @param initialiser never present for an input
   */
  record TensorItem(
      Role role, Name name, Type type, Optional<Initialiser> initialiser, String doc, Span span)
      implements Item {
    /** Where the values come from. */
    public enum Role {
      /** Learned; the same at every step. */
      PARAM,
      /** Not learned; the same at every step. */
      CONST,
      /** New at every step. */
      IN
    }
  }

  /** {@code state S: [K, V] = 0}. */
  record StateItem(Name name, Type.TensorType type, Expression initial, String doc, Span span)
      implements Item {}

  /** {@code S' = e}. */
  record NextItem(Name state, Expression value, String doc, Span span) implements Item {}

  /**
   * {@code h = e}, {@code h: [d] = e} or {@code scores[n, m] = e}.
   *
   * @param positions the positions of a form for which the value is defined; empty where none are
   *     written
   */
  record LetItem(
      Name name,
      List<Name> positions,
      Optional<Type.TensorType> type,
      Expression value,
      String doc,
      Span span)
      implements Item {
    public LetItem {
      positions = List.copyOf(positions);
    }
  }

  /** {@code layer norm = RmsNorm(d)} or {@code layer block[layers] = Block(d)}. */
  record LayerItem(
      Name name,
      Optional<Expression> repeat,
      Name layer,
      Arguments arguments,
      String doc,
      Span span)
      implements Item {}

  /**
   * {@code out e}, or {@code out[n] e}.
   *
   * @param positions the position of a form at which it is the output; empty where none is written
   */
  record OutItem(List<Name> positions, Expression value, String doc, Span span) implements Item {
    public OutItem {
      positions = List.copyOf(positions);
    }
  }
}
