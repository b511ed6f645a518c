package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;

/** What a {@link Value} is: one number or a vector of as many as the kernel's width holds. */
public enum Kind {
  FLOAT(ElementType.F32, false),
  DOUBLE(ElementType.F64, false),
  FLOAT_VECTOR(ElementType.F32, true),
  DOUBLE_VECTOR(ElementType.F64, true);

  private final ElementType element;
  private final boolean vector;

  Kind(ElementType element, boolean vector) {
    this.element = element;
    this.vector = vector;
  }

  public ElementType element() {
    return element;
  }

  public boolean isVector() {
    return vector;
  }

  /**
   * Whether a value of this kind is loaded from elements of a type by one instruction or two: its
   * own, or a small one that widens to it. One number is loaded from any type that it can hold.
   */
  public boolean loads(ElementType type) {
    return switch (this) {
      case FLOAT -> type != ElementType.I64;
      case DOUBLE -> true;
      case FLOAT_VECTOR -> type == element || type.isSmall();
      case DOUBLE_VECTOR -> type == element;
    };
  }

  public static Kind scalar(ElementType element) {
    return element == ElementType.F32 ? FLOAT : DOUBLE;
  }

  public static Kind vector(ElementType element) {
    return element == ElementType.F32 ? FLOAT_VECTOR : DOUBLE_VECTOR;
  }
}
