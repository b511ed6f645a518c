package dev.retain.compiler.loops;

import java.util.List;

/**
 * One generated class: what every worker of the pool runs, each on its own part.
 *
 * <p>The body may use the variables {@code batch}, {@code time}, {@code worker} and {@code workers}
 * (see {@link dev.retain.runtime.kernel.Kernel}).
 *
 * @param name says what it computes, such as {@code contract}; classes get a unique name from it
 * @param source the file name for the class file's SourceFile attribute
 * @param line the line of that file that this kernel comes from
 * @param vectorBits width of the vectors: 512, 256, 128, or 0 for a scalar program
 */
public record Kernel(
    String name,
    String source,
    int line,
    int vectorBits,
    List<BufferParameter> buffers,
    List<Statement> body) {
  public Kernel {
    buffers = List.copyOf(buffers);
    body = List.copyOf(body);
  }
}
