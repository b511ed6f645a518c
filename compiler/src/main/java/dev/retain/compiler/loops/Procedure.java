package dev.retain.compiler.loops;

import java.util.List;
import java.util.Objects;

/**
 * A piece of a kernel that the JVM compiles on its own: small enough for its compiler, called often
 * enough to be compiled early. Equal procedures are emitted once, whoever calls them.
 *
 * @param name says what it is, such as {@code tile8x3}; not necessarily unique
 * @param buffers seen from the element that the caller names
 * @param arguments whole numbers, by name
 */
public record Procedure(
    String name, List<BufferParameter> buffers, List<String> arguments, List<Statement> body) {
  /** For loops inside: kernels of many lines share a procedure, and their calls say which line. */
  static final int NO_LINE = 0;

  public Procedure {
    buffers = List.copyOf(buffers);
    arguments = List.copyOf(arguments);
    body = List.copyOf(body);
  }

  /** Without the body, whose calls hold procedures that hold procedures. */
  @Override
  public int hashCode() {
    return Objects.hash(name, buffers, arguments, body.size());
  }
}
